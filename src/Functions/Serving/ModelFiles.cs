using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Droptune.Core.Inference.Onnx;

namespace Droptune.Functions.Serving;

/// <summary>
/// The local copies of model folders, their ONNX file in the form of <see cref="MappedModel"/>. A copy is kept under the ETags
/// of its files, so what is here is what is stored, and an instance that starts again downloads nothing.
/// </summary>
/// <param name="container">The container <c>models</c>.</param>
/// <param name="root">The folder of all copies; several processes may share it.</param>
public sealed class ModelFiles(BlobContainerClient container, string root)
{
    // What serving reads of a model folder, beside one ONNX file.
    private static readonly string[] Read = [ModelFileNames.Config, ModelFileNames.Vocabulary, ModelFileNames.Tokenizer, ModelFileNames.TokenizerConfig];

    // Local copies of a model that stay: the production version, the one before and a candidate.
    private const int Kept = 3;

    /// <summary>A local folder with the files of a version; null when there is no such version.</summary>
    public async Task<string?> GetAsync(string model, string version, CancellationToken cancellationToken)
    {
        var prefix = ModelStore.Folder(model, version);
        var etags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(new() { Prefix = prefix }, cancellationToken))
        {
            etags[blob.Name[prefix.Length..]] = blob.Properties.ETag.ToString()!;
        }

        if (!etags.ContainsKey(ModelFileNames.Config))
        {
            return null;
        }

        var folder = Path.Combine(root, model, $"{version}-{Key(etags)}");
        if (Directory.Exists(folder))
        {
            Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime);
            return folder;
        }

        await DownloadAsync(prefix, etags, folder, cancellationToken);
        RemoveOldest(Path.Combine(root, model));
        return folder;
    }

    private async Task DownloadAsync(
        string prefix, SortedDictionary<string, string> etags, string folder, CancellationToken cancellationToken)
    {
        // Complete or not there at all: the folder gets its name when everything is in it.
        var partial = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(partial);
        try
        {
            await DownloadAsync(ModelFileNames.Config);
            var onnx = ModelConfig.Load(partial).ServedFile;
            foreach (var file in Read.Skip(1).Append(onnx).Where(etags.ContainsKey))
            {
                await DownloadAsync(file);
            }

            MappedModel.Replace(Path.Combine(partial, onnx));
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was faster.
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }

        // A file that changed since it was listed is not what the folder's name says.
        Task DownloadAsync(string file) => container.GetBlobClient(prefix + file).DownloadToAsync(
            Path.Combine(partial, file),
            new Azure.Storage.Blobs.Models.BlobDownloadToOptions { Conditions = new() { IfMatch = new ETag(etags[file]) } },
            cancellationToken);
    }

    private static string Key(SortedDictionary<string, string> etags)
    {
        var served = etags.Where(file => Read.Contains(file.Key) || file.Key.EndsWith(".onnx", StringComparison.Ordinal));
        var content = string.Concat(served.Select(file => $"{file.Key} {file.Value}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content + MappedModel.Machine)))[..12];
    }

    private static void RemoveOldest(string folder)
    {
        foreach (var old in new DirectoryInfo(folder).GetDirectories().OrderByDescending(d => d.LastWriteTimeUtc).Skip(Kept))
        {
            try
            {
                old.Delete(recursive: true);
            }
            catch (IOException)
            {
                // In use by another process on a system that locks open files; a later download removes it.
            }
        }
    }
}
