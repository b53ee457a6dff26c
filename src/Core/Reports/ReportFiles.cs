using Azure;
using Azure.Storage.Blobs;
using Droptune.Core.Datasets;
using Droptune.Core.Evaluation;
using Droptune.Core.Storage;

namespace Droptune.Core.Reports;

/// <summary>A report in its three forms, side by side under one name. JSON comes last: where it is, the others are.</summary>
public sealed record ReportFiles(string Html, string Markdown, string Json)
{
    private IEnumerable<(string Extension, string ContentType, string Content)> All =>
    [
        (".html", "text/html; charset=utf-8", Html),
        (".md", "text/markdown; charset=utf-8", Markdown),
        (".json", "application/json", Json),
    ];

    public static ReportFiles Of(DatasetReport report) =>
        new(DatasetReportHtml.Write(report), DatasetReportMarkdown.Write(report), JsonSerializer.Serialize(report, DroptuneJson.Readable));

    public static ReportFiles Of(EvaluationReport report) => new(EvaluationHtml.Write(report), EvaluationMarkdown.Write(report), report.ToJson());

    /// <param name="container">The container <c>reports</c>.</param>
    /// <param name="place">The name without extension.</param>
    /// <param name="cancellationToken">Leaves the rest unwritten.</param>
    public Task StoreAsync(BlobContainerClient container, string place, CancellationToken cancellationToken) => PutAsync(All, container, place, cancellationToken);

    /// <summary>Stores the report over the one that was read; false when that has changed since: then what was read is to be read again, and stored anew.</summary>
    /// <param name="container">The container <c>reports</c>.</param>
    /// <param name="place">The name without extension.</param>
    /// <param name="read">The JSON that was read.</param>
    /// <param name="cancellationToken">Leaves the rest unwritten.</param>
    public async Task<bool> TryReplaceAsync(BlobContainerClient container, string place, ETag read, CancellationToken cancellationToken)
    {
        await PutAsync(All.SkipLast(1), container, place, cancellationToken);
        var (last, type, json) = All.Last();
        return await container.TryReplaceAsync(place + last, type, BinaryData.FromString(json), read, cancellationToken);
    }

    /// <param name="path">The file's name without extension.</param>
    /// <param name="cancellationToken">Leaves the rest unwritten.</param>
    public async Task SaveAsync(string path, CancellationToken cancellationToken)
    {
        foreach (var (extension, _, content) in All)
        {
            await File.WriteAllTextAsync(path + extension, content, cancellationToken);
        }
    }

    private static async Task PutAsync(
        IEnumerable<(string Extension, string ContentType, string Content)> files, BlobContainerClient container, string place, CancellationToken cancellationToken)
    {
        foreach (var (extension, contentType, content) in files)
        {
            await container.PutAsync(place + extension, contentType, BinaryData.FromString(content), cancellationToken);
        }
    }
}
