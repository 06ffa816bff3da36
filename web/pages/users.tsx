/** Who may come in: people with their roles and sign-in links, and keys of programs; a secret is shown once. */
import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { KeyJson, SignInLinkJson, UserJson } from '../../src/edge/http/contract.ts';
import { ActButton } from '../parts/act-button.tsx';
import { Problem } from '../parts/problem.tsx';
import { ShownOnce } from '../parts/shown-once.tsx';
import { Empty, More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { order, session, useList } from '../state/api.ts';
import { filled, language, time, words } from '../words/speak.ts';

const roles = ['viewer', 'operator', 'administrator'] as const;

export function UsersPage() {
  const say = words.value;
  return (
    <>
      <div class="head">
        <h1>{say.pages.users}</h1>
      </div>
      {session.value?.role === 'administrator' ? (
        <>
          <p class="muted">{say.staff.lead}</p>
          <div class="panels">
            <People />
            <Keys />
          </div>
        </>
      ) : (
        session.value !== undefined && <Empty text={say.staff.onlyAdministrators} />
      )}
    </>
  );
}

interface Link extends SignInLinkJson {
  readonly name: string;
}

function People() {
  const say = words.value.staff;
  const { fetched, more } = useList<UserJson>('/users');
  const [link, setLink] = useState<Link | undefined>(undefined);
  return (
    <section class="panel whole">
      <h2>{say.people}</h2>
      {link !== undefined && (
        <ShownOnce
          key={link.url}
          title={`${say.linkFor} ${link.name}`}
          secret={link.url}
          hint={`${say.linkOnce} ${time(link.expiresAt)}.`}
          onClose={() => setLink(undefined)}
        />
      )}
      <Shown fetched={fetched}>
        {(list) => (
          <>
            <Table
              label={say.people}
              items={list.items}
              empty={say.noPeople}
              isStacked="titled"
              keyOf={(user) => user.id}
              rowClass={(user) => (user.state === 'disabled' ? 'over' : '')}
              columns={peopleColumns(setLink)}
            />
            <More shown={list.items.length} total={list.total} onMore={more} />
          </>
        )}
      </Shown>
      <AddPerson onLink={setLink} />
    </section>
  );
}

function peopleColumns(onLink: (link: Link) => void) {
  const say = words.value.staff;
  return [
    {
      title: say.name,
      cell: (user: UserJson) => (
        <>
          <b>{user.name}</b> {user.name === session.value?.user && <span class="muted">({say.you})</span>}
        </>
      ),
    },
    { title: say.role, class: 'fit', cell: (user: UserJson) => <Role user={user} /> },
    { title: say.language, class: 'fit', cell: (user: UserJson) => say.languages[user.language] },
    { title: words.value.column.state, class: 'fit', cell: (user: UserJson) => say.states[user.state] },
    {
      title: say.signedIn,
      class: 'fit',
      cell: ({ signedInAt }: UserJson) => (signedInAt === null ? say.never : time(signedInAt)),
    },
    {
      title: words.value.column.actions,
      class: 'fit',
      cell: (user: UserJson) => <PersonActions user={user} onLink={onLink} />,
    },
  ];
}

function PersonActions({ user, onLink }: { readonly user: UserJson; onLink(link: Link): void }) {
  const say = words.value.staff;
  const path = `/users/${encodeURIComponent(user.id)}`;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const make = async (): Promise<void> => {
    if (!window.confirm(say.sureLink)) return;
    const made = await order<SignInLinkJson>(`${path}/links`);
    setProblem('problem' in made ? made.problem : undefined);
    if ('value' in made) onLink({ ...made.value, name: user.name });
  };
  return (
    <span class="actions">
      {user.state === 'active' ? (
        <>
          <button type="button" onClick={() => void make()}>
            {say.link}
          </button>
          <ActButton
            path={path}
            method="PATCH"
            body={{ state: 'disabled' }}
            text={say.block}
            sure={filled(say.sureBlock, { name: user.name })}
          />
        </>
      ) : (
        <ActButton path={path} method="PATCH" body={{ state: 'active' }} text={say.enable} />
      )}
      <ActButton
        path={path}
        method="DELETE"
        body={{}}
        text={say.remove}
        sure={filled(say.sureRemove, { name: user.name })}
      />
      <Problem text={problem} />
    </span>
  );
}

function Role({ user }: { readonly user: UserJson }) {
  const say = words.value.staff;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  return (
    <>
      <select
        aria-label={`${say.role}: ${user.name}`}
        value={user.role}
        onChange={async (event) => {
          const select = event.currentTarget;
          const change = { role: select.value };
          const done = await order(`/users/${encodeURIComponent(user.id)}`, change, 'PATCH');
          setProblem('problem' in done ? done.problem : undefined);
          if ('problem' in done) select.value = user.role;
        }}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {say.roles[role]}
          </option>
        ))}
      </select>
      <Problem text={problem} />
    </>
  );
}

function AddPerson({ onLink }: { onLink(link: Link): void }) {
  const say = words.value.staff;
  return (
    <AddForm
      title={say.addPerson}
      add={async (form) => {
        const wish = {
          name: textIn(form, 'name'),
          role: textIn(form, 'role'),
          language: textIn(form, 'language'),
        };
        const added = await order<UserJson & { readonly signIn: SignInLinkJson | null }>('/users', wish);
        if ('problem' in added) return added.problem;
        if (added.value.signIn !== null) onLink({ ...added.value.signIn, name: added.value.name });
        return undefined;
      }}
    >
      <label>
        {say.language}{' '}
        <select name="language">
          {(['ru', 'en'] as const).map((one) => (
            <option key={one} value={one} selected={one === language.value}>
              {say.languages[one]}
            </option>
          ))}
        </select>
      </label>
    </AddForm>
  );
}

const textIn = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

interface AddFormProps {
  readonly title: string;
  /** Answers why not. */
  add(form: FormData): Promise<string | undefined>;
  readonly children: ComponentChild;
}

/** Name and role, which people and keys have alike. */
function AddForm({ title, add, children }: AddFormProps) {
  const say = words.value.staff;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const failed = await add(new FormData(form));
    setProblem(failed);
    if (failed === undefined) form.reset();
  };
  return (
    <form class="choosing" aria-label={title} onSubmit={(event) => void onSubmit(event)}>
      <label>
        {say.name}{' '}
        <input
          name="name"
          required
          maxLength={64}
          autoComplete="off"
          spellcheck={false}
          title={say.nameHint}
        />
      </label>
      <label>
        {say.role}{' '}
        <select name="role">
          {roles.map((role) => (
            <option key={role} value={role} selected={role === 'operator'}>
              {say.roles[role]}
            </option>
          ))}
        </select>
      </label>
      {children}
      <button type="submit">{title}</button>
      <Problem text={problem} />
    </form>
  );
}

interface Secret {
  readonly name: string;
  readonly key: string;
}

function Keys() {
  const say = words.value.staff;
  const { fetched, more } = useList<KeyJson>('/keys');
  const [secret, setSecret] = useState<Secret | undefined>(undefined);
  return (
    <section class="panel whole">
      <h2>{say.keys}</h2>
      {secret !== undefined && (
        <ShownOnce
          key={secret.key}
          title={`${say.secretOf} ${secret.name}`}
          secret={secret.key}
          hint={say.secretOnce}
          onClose={() => setSecret(undefined)}
        />
      )}
      <Shown fetched={fetched}>
        {(list) => (
          <>
            <Table
              label={say.keys}
              items={list.items}
              empty={say.noKeys}
              isAside
              isStacked="titled"
              keyOf={(key) => key.id}
              columns={keyColumns()}
            />
            <More shown={list.items.length} total={list.total} onMore={more} />
          </>
        )}
      </Shown>
      <AddForm
        title={say.addKey}
        add={async (form) => {
          const days = textIn(form, 'days');
          const wish = { name: textIn(form, 'name'), role: textIn(form, 'role') };
          const made = await order<KeyJson & Secret>(
            '/keys',
            days === '' ? wish : { ...wish, days: Number(days) },
          );
          if ('problem' in made) return made.problem;
          setSecret({ name: made.value.name, key: made.value.key });
          return undefined;
        }}
      >
        <label>
          {say.days} <input name="days" type="number" min={1} max={3650} placeholder={say.daysHint} />
        </label>
      </AddForm>
    </section>
  );
}

function keyColumns() {
  const say = words.value.staff;
  return [
    { title: say.name, cell: (key: KeyJson) => <b>{key.name}</b> },
    { title: say.role, class: 'fit', cell: (key: KeyJson) => say.roles[key.role] },
    {
      title: say.made,
      class: 'fit',
      cell: (key: KeyJson) => (
        <>
          {time(key.createdAt)} <small>{key.createdBy}</small>
        </>
      ),
    },
    {
      title: say.until,
      class: 'fit',
      cell: ({ expiresAt }: KeyJson) => (expiresAt === null ? say.forGood : time(expiresAt)),
    },
    {
      title: say.used,
      class: 'fit',
      cell: ({ usedAt }: KeyJson) => (usedAt === null ? say.never : time(usedAt)),
    },
    {
      title: words.value.column.actions,
      class: 'fit',
      cell: (key: KeyJson) => (
        <span class="actions">
          <ActButton
            path={`/keys/${encodeURIComponent(key.id)}`}
            method="DELETE"
            body={{}}
            text={say.revoke}
            sure={filled(say.sureRevoke, { name: key.name })}
          />
        </span>
      ),
    },
  ];
}
