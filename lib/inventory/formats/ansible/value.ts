// Values of Ansible's variables as its JSON writes them: texts may be wrapped, encrypted or templates.

export type Variables = Readonly<Record<string, unknown>>;

/** A variable's value out of its wrapping, or what stands in the way of reading it (goes after its name). */
export interface AnsibleValue {
  readonly value?: unknown;
  readonly unreadable?: string;
}

/**
 * `{"__ansible_unsafe": "…"}` is a text that Ansible does not template, as most plugins of clouds give them;
 * `{"__ansible_vault": "…"}` is encrypted. `--list` prints templates as they stand.
 */
export function unwrapped(raw: unknown): AnsibleValue {
  if (typeof raw === 'string') {
    return /\{[{%]/.test(raw) ? { unreadable: 'is a template, which is not rendered' } : { value: raw };
  }
  if (typeof raw !== 'object' || raw === null) return { value: raw };
  if (Object.hasOwn(raw, '__ansible_vault')) return { unreadable: 'is encrypted with Ansible Vault' };
  return { value: Object.hasOwn(raw, '__ansible_unsafe') ? (raw as Variables).__ansible_unsafe : raw };
}
