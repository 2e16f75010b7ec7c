/** The package's pool of workers, if this version has one. */
import * as hessbound from 'hessbound';
import { type Dataset, type Hessbound, type Network } from 'hessbound';

export interface Pool {
  moments(
    network: Network,
    data: Dataset,
    options?: { method: 'gram' },
  ): Promise<ReturnType<Hessbound['moments']>>;
  close(): unknown;
}

export async function openPool(workers: number): Promise<Pool | undefined> {
  if (!('createPool' in hessbound)) return undefined;
  const create = hessbound.createPool as (options: { workers: number }) => Pool | Promise<Pool>;
  return create({ workers });
}
