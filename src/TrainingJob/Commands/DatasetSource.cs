namespace Droptune.TrainingJob.Commands;

/// <summary>A dataset named on the command line: a file, a folder, or the http(s) address of a file.</summary>
internal sealed record DatasetSource(string Name, IReadOnlyList<DatasetFile> Files)
{
    private static readonly HttpClient Http = new();

    /// <summary>Finds the files; a place that is not there is wrong use, an address that does not answer fails when it is read.</summary>
    public static DatasetSource Open(string place)
    {
        if (Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            var name = Uri.UnescapeDataString(address!.Segments[^1]);
            return new(NameOf(name), [new(name, 0, cancellation => DownloadAsync(address, cancellation))]);
        }

        if (File.Exists(place))
        {
            return new(NameOf(place), [DatasetFile.FromPath(place)]);
        }

        return Directory.Exists(place)
            ? new(NameOf(Path.GetFullPath(place)), DatasetFile.FromFolder(place))
            : throw new WrongUseException($"There is no file or folder '{place}'.");
    }

    private static async Task<Stream> DownloadAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            return await Http.GetStreamAsync(address, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{address} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>"…/My Data.conll.gz" → "my-data": a valid name for the dataset and its model.</summary>
    private static string NameOf(string path)
    {
        var name = Path.GetFileName(path.TrimEnd('/', '\\')).ToLowerInvariant();
        var stem = name.Split('.')[0];
        var valid = new string([.. stem.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        return valid.Length > 0 ? valid[..Math.Min(valid.Length, 63)].Trim('-') : "dataset";
    }
}
