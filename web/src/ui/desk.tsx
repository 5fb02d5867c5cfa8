/** The library of the desk pages (antd), in our colours and the page's language; only these pages load it. */
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { styleNonce } from '../nonce';

/** Its own blue has too little contrast under white letters. */
const THEME = { token: { colorPrimary: '#0958d9', fontSize: 15, colorTextPlaceholder: '#5c6570' } };

export function Desk({ children }: { children: ReactNode }) {
  const { i18n, t } = useTranslation();
  return (
    <ConfigProvider
      csp={{ nonce: styleNonce }}
      locale={i18n.language === 'en' ? enUS : zhCN}
      direction={t('direction') === 'rtl' ? 'rtl' : 'ltr'}
      theme={THEME}
    >
      {children}
    </ConfigProvider>
  );
}
