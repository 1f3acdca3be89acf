import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { createTime, machineClock } from '../../../../local/simulation/time.ts';
import { BUCKET, clientOf, inProcess, setUp } from '../../support/obs.ts';

async function begun(...keys: string[]) {
  const { service } = await setUp({ time: createTime(machineClock) });
  const client = clientOf({ requestHandler: inProcess(service) });
  const ids: string[] = [];
  for (const Key of keys) {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ACL: 'private' }),
    );
    ids.push(UploadId ?? '');
  }
  return { client, ids };
}

it('lists the open uploads by key, a page at a time', async () => {
  const { client, ids } = await begun('b', 'a/1', 'b', 'c');
  const seen: (string | undefined)[] = [];
  let markers = {};
  for (;;) {
    const page = await client.send(
      new ListMultipartUploadsCommand({ Bucket: BUCKET, MaxUploads: 1, ...markers }),
    );
    seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
    expect(page.Uploads?.[0]?.Initiated).toBeInstanceOf(Date);
    if (page.IsTruncated !== true) break;
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
  expect(seen).toEqual([ids[1], ids[0], ids[2], ids[3]]);
});

it('lists the open uploads below a prefix, those of a folder as one', async () => {
  const { client } = await begun('a/1', 'a/2', 'a', 'b');
  const page = await client.send(
    new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: 'a', Delimiter: '/' }),
  );
  expect(page.Uploads?.map(({ Key }) => Key)).toEqual(['a']);
  expect(page.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
});

it('lists the parts of an upload, a page at a time', async () => {
  const { client, ids } = await begun('k');
  const target = { Bucket: BUCKET, Key: 'k', UploadId: ids[0] };
  for (const PartNumber of [3, 1]) {
    await client.send(
      new UploadPartCommand({ ...target, PartNumber, Body: 'x'.repeat(PartNumber) }),
    );
  }
  const first = await client.send(new ListPartsCommand({ ...target, MaxParts: 1 }));
  expect(first.Parts).toMatchObject([{ PartNumber: 1, Size: 1 }]);
  const second = await client.send(
    new ListPartsCommand({ ...target, PartNumberMarker: first.NextPartNumberMarker }),
  );
  expect(second.Parts).toMatchObject([{ PartNumber: 3, Size: 3 }]);
  await expect(
    client.send(new ListPartsCommand({ ...target, UploadId: 'none' })),
  ).rejects.toMatchObject({ name: 'NoSuchUpload' });
});
