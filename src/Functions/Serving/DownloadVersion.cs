using System.IO.Compression;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Droptune.Functions.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Droptune.Functions.Serving;

/// <summary>Gives a version away: all files of its folder, as one ZIP archive.</summary>
public sealed class DownloadVersion(DroptuneStorage storage, ModelStore models, Answers answers)
{
    [Function(nameof(DownloadVersion))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models/{model}/versions/{version}/zip")] HttpRequest request,
        string model,
        string version,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            if (await models.FindAsync(RequestParameters.RequireName(model), cancellationToken) is null)
            {
                throw ProblemException.UnknownModel(model);
            }

            if (!ResourceName.IsValid(version) || await models.FindVersionAsync(model, version, cancellationToken) is null)
            {
                throw ProblemException.UnknownVersion(model, version);
            }

            var (container, prefix) = (storage.Container(StorageNames.Models), ModelStore.Folder(model, version));
            var files = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken).Select(blob => blob.Name[prefix.Length..]).ToListAsync(cancellationToken);
            return new VersionZip(container, prefix, files, $"{model}-{version}.zip");
        });
}

/// <summary>
/// The archive as an answer: from storage to the caller piece by piece, and never whole in memory or on the disk. Its list of files is at its
/// end, and without that no program opens it, so one that was cut is seen to be; the configuration comes last, without which a folder is no model.
/// </summary>
/// <param name="container">Of the models.</param>
/// <param name="prefix">Of the version's folder.</param>
/// <param name="files">Names in it.</param>
/// <param name="name">The archive's.</param>
public sealed class VersionZip(BlobContainerClient container, string prefix, IReadOnlyList<string> files, string name) : IActionResult
{
    // Numbers without a pattern: to compress them takes long and saves nothing.
    private static readonly string[] Stored = [".onnx", ".safetensors"];

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (response, cancellationToken) = (context.HttpContext.Response, context.HttpContext.RequestAborted);
        response.ContentType = "application/zip";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        response.Headers.XContentTypeOptions = "nosniff";
        if (context.HttpContext.Features.Get<IHttpBodyControlFeature>() is { } control)
        {
            control.AllowSynchronousIO = true; // the archive ends an entry so: some bytes, of which none is waited for but by a slow caller
        }

        try
        {
            // Not disposed after a failure: that would write the list of files, and what is missing would not be missed.
            var archive = await ZipArchive.CreateAsync(response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
            foreach (var file in files.OrderBy(file => file == ModelFileNames.Config).ThenBy(file => file, StringComparer.Ordinal))
            {
                var blob = await container.GetBlobClient(prefix + file).DownloadStreamingAsync(cancellationToken: cancellationToken);
                await using var content = blob.Value.Content;
                var entry = archive.CreateEntry(file, Stored.Contains(Path.GetExtension(file)) ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
                entry.LastWriteTime = blob.Value.Details.LastModified;
                await using var target = await entry.OpenAsync(cancellationToken);
                await content.CopyToAsync(target, cancellationToken);
            }

            await archive.DisposeAsync();
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody is there to read it.
        }
    }
}
