import { Section } from '#ui/page.tsx'
import { Photo } from '#ui/photo.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useMay } from '#web/client.ts'

interface SentFile {
  instance_id: string
  file_name: string
  content_type: string
  size: number
}

/** Photos and files the surveyors sent; fetched only when asked for, as each look is recorded. */
export function Photos(props: { files: SentFile[] }) {
  const t = useWords()
  const may = useMay('survey.file')
  if (props.files.length === 0 || !may) return null
  return (
    <Section title={t('see:file.photos')}>
      <p className="d-says">{t('see:file.photos_text')}</p>
      {props.files.map((file) => {
        const card = `/survey/submissions/${encodeURIComponent(file.instance_id)}`
        return (
          <div key={`${file.instance_id} ${file.file_name}`}>
            <Photo address={`/api${card}/files/${encodeURIComponent(file.file_name)}`} {...file} />
            <TextLink href={card}>{t('see:file.photo_card')}</TextLink>
          </div>
        )
      })}
    </Section>
  )
}
