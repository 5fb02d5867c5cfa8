/** The pages of the contract (合同): its indicators, and the evaluation. */
import '../../styles/desk.css';
import { Route, Routes } from 'react-router';
import { useSession } from '../../api/session';
import { NotFoundPage } from '../not-found';
import { EvaluationPage } from './evaluation';
import { TargetsPage } from './targets';

export default function IndicatorsPages() {
  const { may } = useSession();
  return (
    <Routes>
      <Route index element={<TargetsPage />} />
      {may('pack:make') && <Route path="evaluation" element={<EvaluationPage />} />}
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
