// Column types shared by all tables. jsonb is read as a value and written as JSON text, so that an array is never
// mistaken for a PostgreSQL array.
import type { ColumnType } from 'kysely'

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

export type Jsonb<T = JsonValue> = ColumnType<T, string, string>
