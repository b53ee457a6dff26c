using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Droptune.Core.Hub;
using Droptune.Core.Storage;

namespace Droptune.Core.Stores;

/// <summary>
/// Copies of models of the hub in the account: folders of <c>base-models</c>, named by model and commit. What is there is used without asking
/// the hub, so that a run that is repeated starts from the same bytes.
/// </summary>
public sealed class HubModels(DroptuneStorage storage, HubClient hub)
{
    private readonly BlobContainerClient _container = storage.Container(StorageNames.BaseModels);

    /// <summary>
    /// The name of a base model with its commit, if it is of the hub: without a revision that of the newest copy, else the one that the
    /// hub names. Other names stay as they are.
    /// </summary>
    /// <exception cref="HubException">The hub does not name one.</exception>
    public async Task<string> PinAsync(string name, CancellationToken cancellationToken)
    {
        if (HubName.OfFolder(name) is { } copy)
        {
            return $"{copy}";
        }

        if (HubName.Parse(name) is not { IsPinned: false } asked || await BlobsAsync($"{name}/", cancellationToken).AnyAsync(cancellationToken))
        {
            return name;
        }

        var known = asked.Revision is null ? await NewestAsync(asked, cancellationToken) : null;
        return $"{known ?? (await hub.FindAsync(asked, cancellationToken)).Name}";
    }

    /// <summary>Fetches a model into a local folder, from the account and what it lacks from the hub, and stores that for the next one.</summary>
    /// <param name="model">With its commit.</param>
    /// <param name="folder">New or empty.</param>
    /// <param name="withWeights">False where configuration and tokenizer are enough.</param>
    /// <param name="cancellationToken">Ends it. What came of the weights is stored, and the next call goes on from there.</param>
    /// <exception cref="HubException">The hub does not give it, or it is no model that could be trained.</exception>
    public async Task FetchAsync(HubName model, string folder, bool withWeights, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var prefix = $"{model.Folder}/";
        var stored = await BlobsAsync(prefix, cancellationToken).Select(blob => blob.Name[prefix.Length..]).Where(name => !name.Contains('/')).ToListAsync(cancellationToken);
        foreach (var name in stored.Where(name => withWeights || !IsOfWeights(name)))
        {
            await DownloadAsync(prefix + name, Path.Combine(folder, name), cancellationToken);
        }

        try
        {
            await HubCopy.CompleteAsync(hub, model, folder, withWeights, withWeights ? new HubParts(_container, prefix).KeepAsync : null, cancellationToken);
            var names = Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Except(stored).Where(name => !HubDownload.IsPart(name));
            foreach (var name in names.OrderBy(name => name == ModelFileNames.Config)) // with it, the gate has all that it needs
            {
                await _container.GetBlobClient(prefix + name).UploadAsync(Path.Combine(folder, name), overwrite: true, cancellationToken);
            }
        }
        finally
        {
            if (withWeights)
            {
                // Those that have become a file, or came damaged.
                await _container.DeleteFolderAsync(prefix, CancellationToken.None, name => HubDownload.IsPart(name) && !File.Exists(Path.Combine(folder, name[prefix.Length..])));
            }
        }
    }

    private async Task<HubName?> NewestAsync(HubName asked, CancellationToken cancellationToken) =>
        await BlobsAsync(asked.Folders, cancellationToken)
            .Where(blob => blob.Name.EndsWith($"/{ModelFileNames.Config}", StringComparison.Ordinal))
            .OrderByDescending(blob => blob.Properties.LastModified)
            .Select(blob => HubName.OfFolder(blob.Name.Split('/')[0]))
            .FirstOrDefaultAsync(name => name is not null, cancellationToken);

    private static bool IsOfWeights(string name) => HubDownload.IsPart(name) || name.EndsWith(".safetensors", StringComparison.Ordinal);

    private async Task DownloadAsync(string name, string path, CancellationToken cancellationToken)
    {
        try
        {
            await _container.GetBlobClient(name).DownloadToAsync(path, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412 && HubDownload.IsPart(name))
        {
            File.Delete(path); // another worker is at it, or has just finished
        }
    }

    private AsyncPageable<BlobItem> BlobsAsync(string prefix, CancellationToken cancellationToken) =>
        _container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken);
}

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
