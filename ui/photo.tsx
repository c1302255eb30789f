import { Anchor, Button } from '@mantine/core'
import { useState } from 'react'
import { Num } from './text.tsx'
import { useWords } from './words.tsx'

/** A photo that is fetched only when it is asked for, as each look is recorded; other files are saved. */
export function Photo(props: { address: string; file_name: string; content_type: string; size: number }) {
  const t = useWords()
  const [shown, setShown] = useState(false)
  const [broken, setBroken] = useState(false)
  const { address } = props
  const picture = props.content_type.startsWith('image/') && !broken
  return (
    <div style={{ margin: '8px 0' }}>
      <span style={{ overflowWrap: 'anywhere' }}>
        {props.file_name} · <Num value={Math.max(1, Math.round(props.size / 1024))} /> KB
      </span>{' '}
      {picture && !shown ? (
        <Button size="compact-sm" variant="default" onClick={() => setShown(true)}>
          {t('ui.photo.show')}
        </Button>
      ) : (
        <Anchor href={address} download={props.file_name}>
          {t('ui.photo.save')}
        </Anchor>
      )}
      {picture && shown && (
        <div>
          <img
            src={address}
            alt={props.file_name}
            onError={() => setBroken(true)}
            style={{ display: 'block', maxWidth: '100%', maxHeight: 560, marginTop: 8 }}
          />
        </div>
      )}
      {broken && <p className="d-says">{t('ui.photo.broken')}</p>}
    </div>
  )
}
