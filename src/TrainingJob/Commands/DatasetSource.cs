using Droptune.Core.Datasets;

namespace Droptune.TrainingJob.Commands;

/// <summary>A dataset named on the command line: a file, a folder, or the http(s) address of a file.</summary>
internal sealed record DatasetSource(string Name, IReadOnlyList<DatasetFile> Files)
{
    private static readonly HttpClient Http = new();

    public static async Task<DatasetSource> OpenAsync(string place, CancellationToken cancellationToken)
    {
        if (Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return new(NameOf(address.AbsolutePath), [await FromAddressAsync(address!, cancellationToken)]);
        }

        if (File.Exists(place))
        {
            return new(NameOf(place), [DatasetFile.FromPath(place)]);
        }

        return Directory.Exists(place)
            ? new(NameOf(Path.GetFullPath(place)), DatasetFile.FromFolder(place))
            : throw new WrongUseException($"There is no file or folder '{place}'.");
    }

    private static async Task<DatasetFile> FromAddressAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var response = await Http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode
            ? new(Path.GetFileName(address.AbsolutePath), response.Content.Headers.ContentLength ?? 0, cancellation => Http.GetStreamAsync(address, cancellation))
            : throw new WrongUseException($"{address} answers {(int)response.StatusCode} {response.ReasonPhrase}.");
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
