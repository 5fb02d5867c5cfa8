/** The pages of the station's services (服务): the calendar, a new record, one record, lists to take over, what children wrote. */
import '../../styles/desk.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Route, Routes } from 'react-router';
import { useSession } from '../../api/session';
import { postsSnapshot, subscribePosts } from '../../device/posts';
import { NotFoundPage } from '../not-found';
import { CalendarPage } from './calendar';
import { ImportPage } from './import';
import { RecordPage } from './record';
import { RemarksPage } from './remarks';
import { ServicePage } from './service';

const READS = ['services', 'service', 'service-groups', 'indicators', 'progress'];

/** Whatever has left the device is at the station by now. */
function useArrivals(): void {
  const client = useQueryClient();
  useEffect(() => {
    let before = postsSnapshot().length;
    return subscribePosts(() => {
      const now = postsSnapshot().length;
      if (now < before) for (const key of READS) void client.invalidateQueries({ queryKey: [key] });
      before = now;
    });
  }, [client]);
}

export default function ServicesPages() {
  const { may } = useSession();
  useArrivals();
  return (
    <Routes>
      <Route index element={<CalendarPage />} />
      {may('service:write') && <Route path="new" element={<RecordPage />} />}
      {may('register:write') && <Route path="import" element={<ImportPage />} />}
      {may('service:correct') && <Route path="remarks" element={<RemarksPage />} />}
      <Route path=":id" element={<ServicePage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
