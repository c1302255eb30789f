import { encode } from 'uqr'
import { useWords } from '#ui/words.tsx'

/** The settings code for ODK Collect, black on white whatever the theme: cameras need it so. */
export function DeviceCode(props: { key_text: string; qr: string | null; server_url: string | null }) {
  const t = useWords()
  if (props.qr === null || props.server_url === null) {
    return (
      <div role="status">
        <p>
          <b>{t('survey:devices.no_address')}</b>
        </p>
        <p>{t('survey:devices.no_address_text')}</p>
        <p className="d-says">{t('survey:devices.once')}</p>
        <code>/v1/key/{props.key_text}</code>
      </div>
    )
  }
  const { data, size } = encode(props.qr, { border: 4 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <figure>
      <svg viewBox={`0 0 ${size} ${size}`} width={280} height={280} role="img" aria-label={t('survey:devices.scan')}>
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" shapeRendering="crispEdges" />
      </svg>
      <figcaption>
        <p>{t('survey:devices.scan')}</p>
        <p className="d-says">{t('survey:devices.once')}</p>
        <code>{props.server_url}</code>
      </figcaption>
    </figure>
  )
}
