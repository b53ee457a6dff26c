using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Storage;

namespace Droptune.Core.Stores;

/// <summary>
/// The texts that are to stay out of every dataset, as hashes: what was to be forgotten is not kept to forget it. Two texts are the
/// same where only case, width and white space differ, as for the gate. Who stores a text looks here once it is stored, and takes it
/// back: whoever forgets notes it here first, and looks at what is stored then. So one of both sees the other.
/// </summary>
public sealed class ForgottenTexts(DroptuneStorage storage, TimeProvider clock)
{
    private const string Partition = "forgotten";

    private readonly RecordTable<ForgottenText> _texts = new(storage.Table(StorageNames.DatasetsTable));

    public static ulong KeyOf(string text) => new TextHash().Normalised(Encoding.UTF8.GetBytes(text));

    public Task AddAsync(ulong key, CancellationToken cancellationToken)
    {
        var hash = HashOf(key);
        return _texts.ChangeAsync(Partition, hash, known => known ?? new(hash, clock.GetUtcNow()), cancellationToken);
    }

    public async Task<bool> HasAsync(string text, CancellationToken cancellationToken) =>
        await _texts.FindAsync(Partition, HashOf(KeyOf(text)), cancellationToken) is not null;

    public async Task<IReadOnlySet<ulong>> AllAsync(CancellationToken cancellationToken) =>
        await _texts.QueryAsync($"PartitionKey eq {Partition}", cancellationToken)
            .Select(text => ulong.Parse(text.Hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToHashSetAsync(cancellationToken: cancellationToken);

    private static string HashOf(ulong key) => key.ToString("x16", CultureInfo.InvariantCulture);

    private sealed record ForgottenText(string Hash, DateTimeOffset At);
}
