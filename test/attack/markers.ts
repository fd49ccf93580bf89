// Secrets that can be found again wherever they come out, and the search for them: as they are, in JSON, in Base64, in
// hexadecimal, in URLs, and in pieces. It shares nothing with the code that is to keep them in.

/** Signs that each encoding treats in its own way; the parts between them are long enough to be met by no chance. */
export const MARKERS = {
  accessKeyId: 'LTAImarkerKeyId+7Qz=w4',
  accessKeySecret: 'markerKeySecret+9x/Kq"v\\Zt=e2',
  securityToken: `CAISmarkerToken+${'5f/Wq8Lz'.repeat(12)}==`,
  hookKey: 'hookmarkerNew+3h/Rt"y\\Bn=k5',
  previousHookKey: 'formerMarker+6j/Pw=m1Hq',
  headerSecret: 'markerHeaderSecret+2d/Nc"f\\Xs=a9',
} as const;

/** Characters of a piece that may not come out either. */
const PIECE = 10;

function formsOf(marker: string): string[] {
  const bytes = Buffer.from(marker);
  const pieces = Array.from({ length: marker.length - PIECE + 1 }, (_, at) => marker.slice(at, at + PIECE));
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const form = text.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const urls = [
    encodeURIComponent(marker),
    encodeURIComponent(encodeURIComponent(marker)),
    new URLSearchParams({ '': marker }).toString().slice(1),
  ];
  return [...pieces, ...base64, bytes.toString('hex'), ...urls];
}

/**
 * A search for secrets in texts.
 * @param secrets values by name
 * @returns what it finds: a name each, with where
 */
export function searchFor(secrets: Readonly<Record<string, string>>): (text: string) => string[] {
  const forms = Object.entries(secrets).map(
    ([name, secret]) => [name, [...new Set(formsOf(secret).map((form) => form.toLowerCase()))]] as const,
  );
  // Nearly every text has none: one pass tells, in place of one for each form.
  const all = forms.flatMap(([, some]) => some).sort();
  const any = new RegExp(all.map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'));
  return (text) => {
    const folded = text.toLowerCase();
    if (!any.test(folded)) return [];
    return forms.flatMap(([name, some]) => {
      const form = some.find((one) => folded.includes(one));
      if (form === undefined) return [];
      const at = folded.indexOf(form);
      return [`${name}: …${text.slice(Math.max(0, at - 100), at + form.length + 40)}…`];
    });
  };
}

/** Markers that come out of a text. */
export const leaks = searchFor(MARKERS);

/** How the made-up secrets of all suites begin. */
export const FAKE = 'not-a-real-';

const { accessKeyId: _, ...secretMarkers } = MARKERS;
const known = searchFor({ ...secretMarkers, [FAKE]: FAKE });

/** The suites' secrets that come out of a text; ids of keys are none. */
export const secretsIn = (text: string): string[] => known(text);
