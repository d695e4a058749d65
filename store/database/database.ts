export type SqlValue = string | number | Uint8Array | null;

/** A row as the driver gives it; read its columns with row.ts. */
export type Row = Readonly<Record<string, unknown>>;

export interface Queries {
  /** Every row of an answer. Values are bound to `?`, never written into the text. */
  all(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** How many rows were changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
}

/** The ledger: SQLite in the embedded profile, PostgreSQL in the cluster profile. */
export interface Database extends Queries {
  /**
   * All or nothing: commits when `work` resolves, rolls back when it rejects. Transactions run one after the other. Inside,
   * only the handed-over queries may be used: the database itself would wait for the transaction to end.
   * @throws UserError `database.busy` when another process keeps the database to itself for too long
   */
  transaction<Answer>(work: (queries: Queries) => Promise<Answer>): Promise<Answer>;
  /** A number that differs from the last one when another connection (also of another process) has committed since. */
  changeMarker(): Promise<number>;
  /**
   * Removes what deleted rows have left behind in journals.
   * @returns false when another connection is reading just now: ask again later
   */
  eraseDeleted(): Promise<boolean>;
  close(): Promise<void>;
}
