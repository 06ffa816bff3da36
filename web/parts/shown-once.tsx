/** A secret that is shown once: with a button that copies it, until whoever asked for it says that they have it. */
import { useRef, useState } from 'preact/hooks';
import { words } from '../words/speak.ts';

interface ShownOnceProps {
  readonly title: string;
  readonly secret: string;
  readonly hint: string;
  onClose(): void;
}

export function ShownOnce({ title, secret, hint, onClose }: ShownOnceProps) {
  const say = words.value.staff;
  const field = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      // Without the clipboard (plain http, or forbidden) the text stands selected.
    }
  };
  return (
    <div class="decision" role="status">
      <p>
        <b>{title}</b>
      </p>
      <p class="actions">
        <input
          ref={field}
          class="mono secret"
          readOnly
          value={secret}
          aria-label={title}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="primary" onClick={() => void copy()}>
          {isCopied ? say.copied : say.copy}
        </button>
        <button type="button" onClick={onClose}>
          {say.close}
        </button>
      </p>
      <p class="muted">{hint}</p>
    </div>
  );
}
