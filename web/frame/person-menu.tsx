import { Menu, useMantineColorScheme } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { Icon } from '#ui/icons.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { useNamed } from './reader.tsx'
import { useSession, useSignIn } from '../people/session.tsx'

/** Who one is and in which role; change of role, light or dark, sign out. */
export function PersonMenu() {
  const t = useWords()
  const named = useNamed()
  const session = useSession()
  const { role, out } = useSignIn()
  const router = useRouter()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  if (session.account_id === null) {
    return (
      <TextLink href="/sign-in" className="s-sign-in">
        {t('frame.sign_in')}
      </TextLink>
    )
  }
  const others = session.roles.filter((each) => each.role !== session.role || each.area_code !== session.area_code)
  return (
    <Menu position="bottom-end" width={280} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className="s-who" aria-label={`${named(session.name)}, ${t(`role.${session.role}`)}`}>
          <Icon name="person" />
          <span>
            <b>{named(session.name)}</b>
            <small>{t(`role.${session.role}`)}</small>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.length > 0 && <div className="s-menu-label">{t('frame.other_roles')}</div>}
        {others.map((each) => (
          <Menu.Item
            key={`${each.role} ${each.area_code}`}
            onClick={() => role.mutate({ role: each.role, area_code: each.area_code })}
          >
            {t(`role.${each.role}`)}, {named(each.area_name)}
          </Menu.Item>
        ))}
        <div className="s-menu-label">{t('frame.theme')}</div>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={scheme === 'light' ? 'sun' : scheme === 'dark' ? 'moon' : 'clock'} size={16} />}
            rightSection={colorScheme === scheme ? <Icon name="check" size={16} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`frame.theme_${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {session.demo && (
          <Menu.Item onClick={() => router.history.push('/sign-in')}>{t('frame.change_person')}</Menu.Item>
        )}
        {session.actions.includes('account.read') && (
          <Menu.Item onClick={() => router.history.push('/people')}>{t('frame.people')}</Menu.Item>
        )}
        <Menu.Item onClick={() => router.history.push('/account')}>{t('frame.my_account')}</Menu.Item>
        <Menu.Item onClick={() => out.mutate()}>{t('frame.sign_out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
