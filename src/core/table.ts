/** TypeScript types of cells, by the type that a column names. */
interface CellTypes {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
}

/** A value in a table; null is an empty cell of numbers or of booleans, "" an empty cell of text. */
export type CellValue = CellTypes[keyof CellTypes] | null;

/** A row of any table: its cells by the names of their columns. */
export type TableRow = Readonly<Record<string, CellValue>>;

/** A column of a table of results, documented for readers of the file and for its datapackage.json. */
export interface Column {
  readonly name: string;
  readonly type: keyof CellTypes;
  readonly doc: string;
  readonly unit?: string;
  /** whether a cell may be null */
  readonly mayBeEmpty?: boolean;
}

/** A column whose name and type the compiler knows: `RowOf` reads them. */
export interface NamedColumn<
  Name extends string,
  Type extends keyof CellTypes,
  MayBeEmpty extends boolean = false,
> extends Column {
  readonly name: Name;
  readonly type: Type;
  readonly mayBeEmpty: MayBeEmpty;
}

type CellOf<C extends Column> = CellTypes[C["type"]] | (C["mayBeEmpty"] extends false ? never : null);

/** A row of the table that has these columns. */
export type RowOf<Columns extends readonly Column[]> = {
  readonly [C in Columns[number] as C["name"]]: CellOf<C>;
};

const columnOf = <Name extends string, Type extends keyof CellTypes>(
  name: Name,
  type: Type,
  doc: string,
  unit?: string,
): NamedColumn<Name, Type> => ({ name, type, doc, ...(unit !== undefined && { unit }), mayBeEmpty: false });

export const textColumn = <const Name extends string>(name: Name, doc: string): NamedColumn<Name, "string"> =>
  columnOf(name, "string", doc);

export const booleanColumn = <const Name extends string>(
  name: Name,
  doc: string,
): NamedColumn<Name, "boolean"> => columnOf(name, "boolean", doc);

export const integerColumn = <const Name extends string>(
  name: Name,
  doc: string,
  unit?: string,
): NamedColumn<Name, "integer"> => columnOf(name, "integer", doc, unit);

export const numberColumn = <const Name extends string>(
  name: Name,
  doc: string,
  unit?: string,
): NamedColumn<Name, "number"> => columnOf(name, "number", doc, unit);

/** A column whose cells may be empty. */
export const orEmpty = <Name extends string, Type extends keyof CellTypes>(
  column: NamedColumn<Name, Type>,
): NamedColumn<Name, Type, true> => ({ ...column, mayBeEmpty: true });
