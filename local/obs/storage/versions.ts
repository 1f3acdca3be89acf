import type { Time } from '../../simulation/time.ts';
import type { ObjectBackend, ObjectRecord } from './backend.ts';
import { inMemory, type Payload } from './payload.ts';
import type { Spool } from './spool.ts';

/** What of a bucket's properties decides about versions. */
type Keeping = { versioning?: 'Enabled' | 'Suspended'; lock?: object };

/** One version of an object, or a delete marker. `null`: written without versioning, or while it was suspended. */
type Version = { id: string; lastModified: number } & (
  | { marker: true }
  | { marker: false; record: ObjectRecord; payload: Payload }
);

type KeyState = {
  /** Of the object that the backend has. */
  currentId: string;
  /** The newest version is a delete marker: the backend has no object. */
  marker?: Version;
  /** Newest first. */
  older: Version[];
};

/** The versions of objects in buckets with versioning. Older ones end with the process, also where the backend keeps files. */
export type Versions = {
  /** Writes keep the versions before them. */
  backend: ObjectBackend;
  /** Returns the id of the object that the backend has; undefined where there is none to tell. */
  currentId(bucket: string, key: string): string | undefined;
  /** Returns the id of the delete marker that hides an object. */
  markerId(bucket: string, key: string): string | undefined;
  /** Deletes without a version. Returns the id of the delete marker that was written, if any (obs_04_0085). */
  remove(bucket: string, key: string): Promise<{ markerId?: string }>;
  /** Deletes one version for good. The one before it becomes the newest. Returns whether it was a delete marker. */
  removeVersion(bucket: string, key: string, id: string): Promise<{ wasMarker: boolean }>;
  /** Returns when a version was written, as epoch ms; undefined for an unknown version or a delete marker. */
  writtenAt(bucket: string, key: string, id: string): Promise<number | undefined>;
  /** The versions of a key, newest first. */
  list(bucket: string, key: string): Promise<{ id: string; isMarker: boolean }[]>;
};

/** Returns the state of a bucket's versioning; a lock requires versions. */
export function versioningOf({ versioning, lock }: Keeping): 'Enabled' | 'Suspended' | undefined {
  return versioning ?? (lock === undefined ? undefined : 'Enabled');
}

/** Adds versions to a backend, for the buckets that have versioning by their traits at the time of a call. */
export function createVersions(
  backend: ObjectBackend,
  { traits, time, spool }: { traits: ReadonlyMap<string, Keeping>; time: Time; spool: Spool },
): Versions {
  const states = new Map<string, KeyState>();
  let count = 0;
  const newId = () => (count += 1).toString(16).toUpperCase().padStart(32, '0');
  const stateOf = (bucket: string, key: string): KeyState => {
    const name = `${bucket}/${key}`;
    const state = states.get(name) ?? { currentId: 'null', older: [] };
    states.set(name, state);
    return state;
  };
  const modeOf = (bucket: string) => versioningOf(traits.get(bucket) ?? {});

  /** Copies the object that the backend has. */
  const copyOf = async (bucket: string, key: string) => {
    const found = await backend.open(bucket, key);
    if (found === undefined) return undefined;
    const { record, body } = found;
    if (body instanceof Uint8Array) return { record, payload: inMemory(body, record.etag) };
    const received = await spool.receive(body, Infinity);
    return received && { record, payload: received.payload };
  };

  /** Forgets older versions. */
  const drop = async (state: KeyState, isDropped: (version: Version) => boolean): Promise<void> => {
    for (const version of state.older) {
      if (isDropped(version) && !version.marker) await version.payload.discard();
    }
    state.older = state.older.filter((version) => !isDropped(version));
  };

  /** Moves what is newest to the older versions. Under suspension the null version is replaced instead. */
  const keepNewest = async (bucket: string, key: string, isSuspended: boolean): Promise<void> => {
    const state = stateOf(bucket, key);
    const found = await copyOf(bucket, key);
    if (state.marker !== undefined) state.older.unshift(state.marker);
    else if (found !== undefined) {
      const { lastModified } = found.record;
      state.older.unshift({ id: state.currentId, lastModified, marker: false, ...found });
    }
    delete state.marker;
    if (isSuspended) await drop(state, ({ id }) => id === 'null');
  };

  /** Makes the newest of the older versions the present one. */
  const promote = async (bucket: string, key: string): Promise<void> => {
    const state = stateOf(bucket, key);
    const next = state.older.shift();
    state.currentId = next?.id ?? 'null';
    delete state.marker;
    if (next === undefined) return backend.remove(bucket, key);
    if (next.marker) {
      state.marker = next;
      return backend.remove(bucket, key);
    }
    const { contentType, etag, lastModified, metadata, storageClass } = next.record;
    const facts = {
      ...{ lastModified, metadata, etag, storageClass },
      ...(contentType ? { contentType } : {}),
    };
    await backend.write(bucket, key, next.payload, facts);
  };

  return {
    backend: {
      ...backend,
      write: async (bucket, key, body, facts) => {
        const mode = modeOf(bucket);
        if (mode !== undefined && (await backend.hasBucket(bucket))) {
          await keepNewest(bucket, key, mode === 'Suspended');
          stateOf(bucket, key).currentId = mode === 'Enabled' ? newId() : 'null';
        }
        return backend.write(bucket, key, body, facts);
      },
    },
    currentId: (bucket, key) =>
      modeOf(bucket) === undefined ? undefined : stateOf(bucket, key).currentId,
    markerId: (bucket, key) => stateOf(bucket, key).marker?.id,
    async remove(bucket, key) {
      const mode = modeOf(bucket);
      if (mode !== undefined) {
        await keepNewest(bucket, key, mode === 'Suspended');
        const id = mode === 'Enabled' ? newId() : 'null';
        stateOf(bucket, key).marker = { id, lastModified: time.now(), marker: true };
      }
      await backend.remove(bucket, key);
      const markerId = stateOf(bucket, key).marker?.id;
      return markerId === undefined ? {} : { markerId };
    },
    async removeVersion(bucket, key, id) {
      const state = stateOf(bucket, key);
      const isNewest = state.marker === undefined ? state.currentId === id : state.marker.id === id;
      if (isNewest) {
        const wasMarker = state.marker !== undefined;
        await promote(bucket, key);
        return { wasMarker };
      }
      const wasMarker = state.older.some((one) => one.id === id && one.marker);
      await drop(state, (one) => one.id === id);
      return { wasMarker };
    },
    async writtenAt(bucket, key, id) {
      const state = stateOf(bucket, key);
      if (state.marker === undefined && state.currentId === id) {
        return (await backend.stat(bucket, key))?.lastModified;
      }
      const older = state.older.find((one) => one.id === id);
      return older === undefined || older.marker ? undefined : older.lastModified;
    },
    async list(bucket, key) {
      const { marker, currentId, older } = stateOf(bucket, key);
      const present = (await backend.stat(bucket, key)) !== undefined;
      return [
        ...(marker === undefined ? [] : [{ id: marker.id, isMarker: true }]),
        ...(present ? [{ id: currentId, isMarker: false }] : []),
        ...older.map(({ id, marker: isMarker }) => ({ id, isMarker })),
      ];
    },
  };
}
