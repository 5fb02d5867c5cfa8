/** A reason for which the sandbox cannot start, told to the user in one line: what is wrong and what to do. */
export class StartFailure extends Error {
  /**
   * @param name the failure's name, as it stands in logs and tests
   * @param zh what is wrong and what to do, in Chinese
   * @param en the same in English
   */
  constructor(
    override readonly name: string,
    readonly zh: string,
    readonly en: string,
    options?: ErrorOptions,
  ) {
    super(`${zh} / ${en}`, options);
  }
}

/** PORT, or another address of the sandbox, belongs to another program. */
export const portInUse = (host: string, port: number): StartFailure =>
  new StartFailure(
    'PortInUse',
    `端口 ${host}:${port} 已被其他程序占用。请停止该程序,或换一个端口:PORT=${port + 1} npm start`,
    `port ${host}:${port} belongs to another program. Stop that program, or choose another port: PORT=${port + 1} npm start`,
  );

/** This user may not open PORT (below 1024, as a rule). */
export const portNotAllowed = (host: string, port: number): StartFailure =>
  new StartFailure(
    'PortNotAllowed',
    `当前用户无权使用端口 ${host}:${port}。请换一个 1024 以上的端口:PORT=3000 npm start`,
    `this user may not open port ${host}:${port}. Choose one above 1024: PORT=3000 npm start`,
  );

/** A write was refused with ENOSPC (or the user's quota is used up). */
export const diskFull = (folder: string, cause?: unknown): StartFailure =>
  new StartFailure(
    'DiskFull',
    `磁盘已满,无法写入 ${folder}。请清理磁盘后再次运行 npm start(已保存的数据不受影响)`,
    `the disk is full, ${folder} cannot be written. Free some space and run npm start again (what is stored is safe)`,
    { cause },
  );

/** Less room than the sandbox asks for before it begins (500 MB by default). */
export const diskAlmostFull = (folder: string, freeMb: number, neededMb: number): StartFailure =>
  new StartFailure(
    'DiskAlmostFull',
    `磁盘空间不足:${folder} 仅剩 ${freeMb} MB,至少需要 ${neededMb} MB。请清理磁盘,或用 DATA_DIR 指定其他磁盘`,
    `too little room: ${folder} has ${freeMb} MB left and ${neededMb} MB are needed. Free some space, or point DATA_DIR at another disk`,
  );

/** The disk fills while everything runs. */
export const diskFilling = (folder: string, freeMb: number): string =>
  `DiskFull: 磁盘将满:${folder} 仅剩 ${freeMb} MB,新的登记会被拒绝,已答复的不会丢失;请清理磁盘,腾出空间后自动恢复 / ` +
  `the disk is filling: ${folder} has ${freeMb} MB left, new reports are refused and nothing that was answered is lost; free some space, it goes on by itself`;

export const diskUnknown = (folder: string): string =>
  `数据目录不见了或无法读取:${folder},剩余空间不详 · the data folder ${folder} is gone or cannot be read, how much room is left is not known`;

export const diskHasRoom = (folder: string, freeMb: number): string =>
  `磁盘空间已恢复(${freeMb} MB) · ${folder} has room again`;

const THREE_WAYS_ZH =
  '三种办法:一、安装 Go {v} 或以上(https://go.dev/dl);二、用 TEMPORAL_ADDRESS 指向已有的 Temporal 服务;三、用 docker compose up 运行';
const THREE_WAYS_EN =
  'Three ways on: install Go {v} or newer (https://go.dev/dl); set TEMPORAL_ADDRESS to a Temporal server that you have; or run docker compose up';

/** No `go` on the PATH and no Temporal server built earlier. `needed` is the least version, such as 1.26.8. */
export const goMissing = (needed: string): StartFailure =>
  new StartFailure(
    'GoMissing',
    `未找到 Go,无法编译 Temporal 服务。${THREE_WAYS_ZH.replace('{v}', needed)}`,
    `Go was not found, so the Temporal server cannot be built. ${THREE_WAYS_EN.replace('{v}', needed)}`,
  );

/** The `go` on the PATH is older than sandbox/temporal-server/go.mod asks for. */
export const goTooOld = (found: string, needed: string): StartFailure =>
  new StartFailure(
    'GoTooOld',
    `Go 版本过低(${found}),无法编译 Temporal 服务。${THREE_WAYS_ZH.replace('{v}', needed)}`,
    `Go ${found} is too old to build the Temporal server. ${THREE_WAYS_EN.replace('{v}', needed)}`,
  );

/** `go build` ended with an error, most often because the module proxy cannot be reached. */
export const temporalBuildFailed = (logFile: string, lastLine: string): StartFailure =>
  new StartFailure(
    'TemporalBuildFailed',
    `Temporal 服务编译失败(${lastLine})。请检查网络和 GOPROXY 后重试,详见 ${logFile}`,
    `building the Temporal server failed (${lastLine}). Check the network and GOPROXY and try again; details in ${logFile}`,
  );

/** The data folder is not what an earlier start left there. `what` names the file that is wrong. */
export const dataFolderCorrupt = (
  folder: string,
  what: { zh: string; en: string },
  options?: ErrorOptions,
): StartFailure =>
  new StartFailure(
    'DataFolderCorrupt',
    `数据目录 ${folder} 已损坏:${what.zh}。请从备份恢复;若其中没有需要的数据,将它移走后再运行 npm start`,
    `the data folder ${folder} is damaged: ${what.en}. Restore it from a backup; if nothing in it is needed, move it away and run npm start again`,
    options,
  );

/** DATA_DIR cannot be made or written by this user. */
export const dataFolderNotWritable = (folder: string, cause: unknown): StartFailure =>
  new StartFailure(
    'DataFolderNotWritable',
    `无法写入数据目录 ${folder}。请检查权限,或用 DATA_DIR 指定其他目录`,
    `the data folder ${folder} cannot be written. Check its permissions, or choose another with DATA_DIR`,
    { cause },
  );

/** Another `npm start` runs on the same DATA_DIR. */
export const dataFolderBusy = (folder: string, pid: number): StartFailure =>
  new StartFailure(
    'DataFolderBusy',
    `另一个 npm start(进程 ${pid})正在使用 ${folder}。请先停止它,或用 DATA_DIR 和 PORT 另起一套`,
    `another npm start (process ${pid}) is using ${folder}. Stop it first, or start a second one with its own DATA_DIR and PORT`,
  );

/** TEMPORAL_ADDRESS was given and nobody answers there. */
export const temporalUnreachable = (address: string, cause: unknown): StartFailure =>
  new StartFailure(
    'TemporalUnreachable',
    `无法连接 TEMPORAL_ADDRESS 指定的 Temporal 服务 ${address}。请检查地址和服务是否已启动,或去掉 TEMPORAL_ADDRESS 使用内置服务`,
    `no Temporal server answers at TEMPORAL_ADDRESS ${address}. Check the address and the server, or unset TEMPORAL_ADDRESS to use the built-in one`,
    { cause },
  );

/** DATABASE_URL was given and cannot be used. `where` carries no password. */
export const databaseUnreachable = (where: string, why: string, cause: unknown): StartFailure =>
  new StartFailure(
    'DatabaseUnreachable',
    `无法连接 DATABASE_URL 指定的数据库 ${where}(${why})。请检查地址、账号和服务是否已启动,或去掉 DATABASE_URL 使用内置数据库`,
    `the database at DATABASE_URL ${where} cannot be reached (${why}). Check address, account and server, or unset DATABASE_URL to use the built-in one`,
    { cause },
  );

/** The role in DATABASE_URL may not create the two databases that our own Temporal server needs. */
export const databaseRightsMissing = (role: string, cause: unknown): StartFailure =>
  new StartFailure(
    'DatabaseRightsMissing',
    `DATABASE_URL 的账号 ${role} 无权为 Temporal 创建数据库 temporal 和 temporal_visibility。请授予 CREATEDB,或用 TEMPORAL_ADDRESS 指向已有的 Temporal 服务`,
    `the role ${role} of DATABASE_URL may not create the databases temporal and temporal_visibility for Temporal. Grant it CREATEDB, or set TEMPORAL_ADDRESS to a Temporal server that you have`,
    { cause },
  );

/** A variable that the sandbox reads has a value that it cannot use. */
export const configurationWrong = (variable: string, why: { zh: string; en: string }): StartFailure =>
  new StartFailure('ConfigurationWrong', `环境变量 ${variable} ${why.zh}`, `the variable ${variable} ${why.en}`);

/** A part ended, or did not say that it is ready, while the sandbox was starting. */
export const partFailed = (part: string, why: string, logFile: string): StartFailure =>
  new StartFailure(
    'PartFailed',
    `${part} 未能启动(${why})。详见日志 ${logFile}`,
    `${part} did not start (${why}). See its log ${logFile}`,
  );

const CODES_OF_A_FULL_DISK = new Set(['ENOSPC', 'EDQUOT']);

/** What the user is told for an error that nobody foresaw: a full disk under its own name, the rest as it is. */
export function asStartFailure(error: unknown, folder: string): StartFailure {
  if (error instanceof StartFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && CODES_OF_A_FULL_DISK.has(code)) return diskFull(folder, error);
  return new StartFailure(
    'Unexpected',
    `启动时发生意外错误(${message})。请将此行和 ${folder}/logs 一并反馈`,
    `an unexpected error (${message}). Please report this line together with ${folder}/logs`,
    { cause: error },
  );
}
