import { deflateSync, inflateSync } from 'node:zlib'

export interface DeviceSettings {
  server_url: string
  /** Shown on the device. */
  name: string
}

/**
 * ODK Collect's settings as its QR code carries them: base64 of zlib of JSON. `general` and `admin` must both be there;
 * what is left out falls back to Collect's default (docs.getodk.org/collect-import-export).
 */
export function settingsCode({ server_url, name }: DeviceSettings): string {
  const settings = {
    general: { server_url, form_update_mode: 'match_exactly', autosend: 'wifi_and_cellular' },
    admin: {},
    project: { name, icon: '🏠', color: '#1f6f5c' },
  }
  return deflateSync(JSON.stringify(settings)).toString('base64')
}

/** The reverse of `settingsCode`. */
export function readSettingsCode(code: string): unknown {
  return JSON.parse(inflateSync(Buffer.from(code, 'base64')).toString('utf8'))
}
