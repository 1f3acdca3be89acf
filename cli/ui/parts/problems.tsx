import type { ObjectProblem } from '../../../lib/run/query/schemas/object.ts';
import type { View } from './view.tsx';

const SHOWN = 20;

/** Objects of the ledger that cannot be used, and what to do. */
export function Problems({ view, objects }: { view: View; objects: readonly ObjectProblem[] }) {
  const { words } = view.text;
  if (objects.length === 0) return null;
  return (
    <section class="banner bad" aria-label={words.unreadableTitle}>
      <p>
        <strong>
          {words.unreadableTitle}
          {words.colon}
          {objects.length}
        </strong>
      </p>
      <ul lang="en">
        {objects.slice(0, SHOWN).map(({ message, hint }) => (
          <li>
            {message} {hint}
          </li>
        ))}
      </ul>
    </section>
  );
}
