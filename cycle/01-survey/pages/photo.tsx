import { Anchor, Button } from '@mantine/core'
import { useState } from 'react'
import { Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'

/** Address of a file of a submission; every look at it is recorded. */
export const fileAddress = (instance_id: string, file_name: string): string =>
  `/api/survey/submissions/${encodeURIComponent(instance_id)}/files/${encodeURIComponent(file_name)}`

/** A photo that is fetched only when it is asked for, as each look is recorded; other files are saved. */
export function Photo(props: { instance_id: string; file_name: string; content_type: string; size: number }) {
  const t = useWords()
  const [shown, setShown] = useState(false)
  const [broken, setBroken] = useState(false)
  const address = fileAddress(props.instance_id, props.file_name)
  const picture = props.content_type.startsWith('image/') && !broken
  return (
    <div style={{ margin: '8px 0' }}>
      <span style={{ overflowWrap: 'anywhere' }}>
        {props.file_name} · <Num value={Math.max(1, Math.round(props.size / 1024))} /> KB
      </span>{' '}
      {picture && !shown ? (
        <Button size="compact-sm" variant="default" onClick={() => setShown(true)}>
          {t('survey:photo.show')}
        </Button>
      ) : (
        <Anchor href={address} download={props.file_name}>
          {t('survey:photo.save')}
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
      {broken && <p className="d-says">{t('survey:photo.broken')}</p>}
    </div>
  )
}
