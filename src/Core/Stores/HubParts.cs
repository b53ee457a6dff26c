using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Droptune.Core.Hub;
using Droptune.Core.Storage;

namespace Droptune.Core.Stores;

/// <summary>
/// Keeps what has come of a file as a blob that grows, so that a worker on another machine goes on where this one was killed. Where that
/// does not succeed, because another worker keeps the same or storage does not answer, the download goes on without.
/// </summary>
/// <param name="container">Of the base models.</param>
/// <param name="prefix">The model's.</param>
internal sealed class HubParts(BlobContainerClient container, string prefix)
{
    private const int Block = 4 << 20; // bytes: as much as a call may add

    private readonly Dictionary<string, Part> _parts = [];

    public async Task KeepAsync(HubFile file, long start, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        var name = HubDownload.PartOf(file);
        if (!_parts.TryGetValue(name, out var part))
        {
            _parts.Add(name, part = new(container.GetAppendBlobClient(prefix + name), start)); // what comes before it was stored by another worker
        }

        await part.AddAsync(piece, cancellationToken);
    }

    private sealed class Part(AppendBlobClient blob, long length)
    {
        private readonly byte[] _waiting = new byte[Block];
        private int _count;
        private long _length = length;
        private bool _isGivenUp;

        public async Task AddAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            while (!_isGivenUp && piece.Length > 0)
            {
                var count = Math.Min(piece.Length, Block - _count);
                piece[..count].CopyTo(_waiting.AsMemory(_count));
                (piece, _count) = (piece[count..], _count + count);
                if (_count == Block)
                {
                    await TryStoreAsync(cancellationToken);
                }
            }
        }

        private async Task TryStoreAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (_length == 0)
                {
                    await blob.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                }

                var here = new AppendBlobAppendBlockOptions { Conditions = new() { IfAppendPositionEqual = _length } };
                await blob.AppendBlockAsync(new MemoryStream(_waiting), here, cancellationToken);
                (_length, _count) = (_length + Block, 0);
            }
            catch (Exception e) when (e is RequestFailedException || StorageFailure.Is(e))
            {
                _isGivenUp = true;
            }
        }
    }
}
