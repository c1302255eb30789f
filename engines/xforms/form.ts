// The form's public face: its shape and how it is built.
export * from './model.ts'
export { buildForm } from './build.ts'
export type { BuildOptions } from './settings.ts'
