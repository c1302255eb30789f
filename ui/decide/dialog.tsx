import { Modal, type ModalProps } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useWords } from '../words.tsx'

/** A dialog: the whole screen on the phone, its head no landmark beside the page's own. */
export function Dialog(props: Pick<ModalProps, 'size' | 'title' | 'onClose' | 'children'>) {
  const t = useWords()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  return (
    <Modal
      opened
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
      attributes={{ header: { role: 'none' } }}
      {...props}
    />
  )
}
