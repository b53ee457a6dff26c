namespace Droptune.Core.Stores;

/// <summary>
/// A blob of the drop box as a file of a dataset: <c>support/train.conll</c> is the dataset "support"'s file "train.conll",
/// and so is <c>support.conll</c> its file "support.conll".
/// </summary>
public sealed record DatasetBlob(string Dataset, string File)
{
    private const string Gzip = ".gz";

    /// <summary>Any blob name has a dataset, if not always one with a valid name.</summary>
    public static DatasetBlob Parse(string blobName)
    {
        var slash = blobName.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            return new(blobName[..slash], blobName[(slash + 1)..]);
        }

        var name = blobName.EndsWith(Gzip, StringComparison.OrdinalIgnoreCase) ? blobName[..^Gzip.Length] : blobName;
        return new(Path.GetFileNameWithoutExtension(name), blobName);
    }
}
