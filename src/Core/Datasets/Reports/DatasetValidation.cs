using System.Text.Json;

namespace Droptune.Core.Datasets.Reports;

/// <summary>What <c>TrainingJob validate FILE|FOLDER|URL [--json]</c> does: checks a dataset where it lies and renders the report.</summary>
public static class DatasetValidation
{
    /// <summary>
    /// Checks a file, a folder, or what an http or https address gives; the output is for a terminal, or JSON.
    /// A place that is not there throws <see cref="IOException"/> or <see cref="HttpRequestException"/>.
    /// </summary>
    public static async Task<(DatasetReport Report, string Output)> RunAsync(
        string place, bool asJson, HttpClient http, CancellationToken cancellationToken = default)
    {
        var (name, files) = Find(place, http);
        var report = await DatasetGate.CheckAsync(name, files, cancellationToken: cancellationToken);
        return (report, asJson ? JsonSerializer.Serialize(report, DroptuneJson.Readable) + "\n" : DatasetReportText.Write(report));
    }

    private static (string Name, IReadOnlyList<DatasetFile> Files) Find(string place, HttpClient http)
    {
        if (Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            var name = Uri.UnescapeDataString(address.Segments[^1]);
            return (NameOf(name), [new DatasetFile(name, 0, token => http.GetStreamAsync(address, token))]);
        }

        if (Directory.Exists(place))
        {
            return (NameOf(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(place)))), DatasetFile.FromFolder(place));
        }

        return File.Exists(place)
            ? (NameOf(Path.GetFileName(place)), [DatasetFile.FromPath(place)])
            : throw new FileNotFoundException($"There is no file or folder '{place}'.", place);
    }

    private static string NameOf(string fileName) => fileName.Split('.')[0] is { Length: > 0 } name ? name : fileName;
}
