import { Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Icon } from '#ui/icons.tsx'
import { useWords } from '#ui/words.tsx'
import { Road } from './road.tsx'

/** The road where there is no room for it beside the page: drawn in from the left, on a phone from below. */
export default function RoadDrawer(props: { onClose: () => void }) {
  const t = useWords()
  const phone = useMediaQuery('(max-width: 36em)', false, { getInitialValueInEffect: false })
  return (
    <Drawer.Root opened onClose={props.onClose} position={phone ? 'bottom' : 'left'} size={phone ? '85%' : 320}>
      <Drawer.Overlay backgroundOpacity={0.4} />
      <Drawer.Content aria-label={t('frame.road')}>
        <Drawer.Body p={12}>
          <div className="s-drawer-head">
            <b>{t('frame.road')}</b>
            <button type="button" aria-label={t('ui.close')} onClick={props.onClose}>
              <Icon name="cross" />
            </button>
          </div>
          <Road />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}
