// The engines that are packages of their own: those with a package.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Manifest {
  name: string
  version: string
  license: string
  type: string
  exports: Record<string, string | { types: string; default?: string }>
  dependencies?: Record<string, string>
}

export const engineNames = (): string[] =>
  readdirSync(import.meta.dirname).filter((name) => existsSync(join(import.meta.dirname, name, 'package.json')))

export const manifestOf = (engine: string): Manifest =>
  JSON.parse(readFileSync(join(import.meta.dirname, engine, 'package.json'), 'utf8')) as Manifest
