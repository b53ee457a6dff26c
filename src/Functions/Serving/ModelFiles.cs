using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Droptune.Core.Inference.Onnx;

namespace Droptune.Functions.Serving;

/// <summary>
/// The local copies of model folders, their ONNX file in the form of <see cref="MappedModel"/>. A copy is kept under the ETags
/// of its files, so what is here is what is stored, and an instance that starts again downloads nothing. Several processes may share
/// the folder of all copies.
/// </summary>
public sealed class ModelFiles(BlobContainerClient container, ModelCacheOptions options) : IDisposable
{
    // What serving reads of a model folder, beside one ONNX file.
    private static readonly string[] Read = [ModelFileNames.Config, ModelFileNames.Vocabulary, ModelFileNames.Tokenizer, ModelFileNames.TokenizerConfig, ModelFileNames.OutOfFold];

    // Copies in the making and copies that go, on the same disk; no model can have this name.
    private readonly ScratchSpace _scratch = new(Path.Combine(options.Folder, ".partial"));

    /// <summary>A local folder with the files of a version; null when there is no such version.</summary>
    public async Task<string?> GetAsync(string model, string version, CancellationToken cancellationToken)
    {
        var prefix = ModelStore.Folder(model, version);
        var (etags, bytes) = (new SortedDictionary<string, string>(StringComparer.Ordinal), 0L);
        await foreach (var blob in container.GetBlobsAsync(new() { Prefix = prefix }, cancellationToken))
        {
            etags[blob.Name[prefix.Length..]] = blob.Properties.ETag.ToString()!;
            bytes += IsServed(blob.Name[prefix.Length..]) ? blob.Properties.ContentLength ?? 0 : 0;
        }

        if (!etags.ContainsKey(ModelFileNames.Config))
        {
            return null;
        }

        var folder = Path.Combine(options.Folder, model, $"{version}-{Key(etags)}");
        if (Directory.Exists(folder))
        {
            Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime);
            return folder;
        }

        MakeRoom(bytes);
        await DownloadAsync(prefix, etags, folder, cancellationToken);
        return folder;
    }

    private async Task DownloadAsync(
        string prefix, SortedDictionary<string, string> etags, string folder, CancellationToken cancellationToken)
    {
        // Complete or not there at all: the folder gets its name when everything is in it.
        using var scratch = _scratch.NewFolder();
        var partial = scratch.Path;
        try
        {
            await DownloadAsync(ModelFileNames.Config);
            var onnx = ModelConfig.Load(partial).ServedFile;
            foreach (var file in Read.Skip(1).Append(onnx).Where(etags.ContainsKey))
            {
                await DownloadAsync(file);
            }

            MappedModel.Replace(Path.Combine(partial, onnx));
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was faster.
        }

        // A file that changed since it was listed is not what the folder's name says.
        Task DownloadAsync(string file) => container.GetBlobClient(prefix + file).DownloadToAsync(
            Path.Combine(partial, file),
            new Azure.Storage.Blobs.Models.BlobDownloadToOptions { Conditions = new() { IfMatch = new ETag(etags[file]) } },
            cancellationToken);
    }

    private static string Key(SortedDictionary<string, string> etags)
    {
        var content = string.Concat(etags.Where(file => IsServed(file.Key)).Select(file => $"{file.Key} {file.Value}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content + MappedModel.Machine)))[..12];
    }

    private static bool IsServed(string file) => Read.Contains(file) || file.EndsWith(".onnx", StringComparison.Ordinal);

    /// <summary>Deletes the least recently loaded copies until so many bytes more fit.</summary>
    private void MakeRoom(long bytes)
    {
        var copies = new DirectoryInfo(options.Folder).GetDirectories()
            .Where(model => ResourceName.IsValid(model.Name))
            .SelectMany(model => model.GetDirectories())
            .Select(copy => (Folder: copy, Bytes: copy.GetFiles().Sum(file => file.Length)))
            .OrderBy(copy => copy.Folder.LastWriteTimeUtc).ToList();
        var excess = copies.Sum(copy => copy.Bytes) + bytes - options.DiskBytes;
        foreach (var (folder, size) in copies.TakeWhile(_ => excess > 0))
        {
            try
            {
                using var scratch = _scratch.NewFolder();
                folder.MoveTo(Path.Combine(scratch.Path, folder.Name)); // at once: half a copy would be taken for a whole one
                excess -= size;
            }
            catch (IOException)
            {
                // Another process deletes it, or uses it on a system that locks open files.
            }
        }
    }

    public void Dispose() => _scratch.Dispose();
}
