/** The figures (数据): how fast and how timely cases were worked on. */
import { z } from 'zod';
import { COLUMNS, DIMENSIONS, TABLES } from '../../domain/figures/tables';
import { id } from './common';

const day = z.iso
  .date('must be a real date such as 2026-09-01')
  .refine((value) => value >= '2000-01-01' && value < '2100-01-01', 'must lie between the years 2000 and 2100');

const period = {
  from: day.optional().meta({ description: 'First Beijing day; absent: 90 days back' }),
  to: day.optional().meta({ description: 'Last Beijing day; absent: today' }),
  station: id.optional().meta({ description: 'Absent: every station in scope' }),
};
export const figuresQuery = z.strictObject(period);
export const figuresFileQuery = z.strictObject({
  ...period,
  format: z.enum(['xlsx', 'csv']).default('xlsx').meta({ description: 'All tables as sheets, or below one another' }),
});

export const figuresAnswer = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  asOf: z.iso.datetime({ offset: true }),
  /** Are small rows hidden (小数隐去)? */
  small: z.enum(['shown', 'hidden']),
  tables: z.array(
    z.strictObject({
      id: z.enum(TABLES),
      by: z.enum(DIMENSIONS),
      columns: z.array(z.enum(COLUMNS)),
      rows: z.array(
        z.strictObject({
          key: z.string(),
          name: z.string(),
          values: z.array(z.number().nullable()).meta({
            description: 'One a column; minutes under median and p90, percent under rate; null: none, or hidden',
          }),
          hidden: z.boolean(),
        }),
      ),
    }),
  ),
});
export type FiguresAnswer = z.infer<typeof figuresAnswer>;
