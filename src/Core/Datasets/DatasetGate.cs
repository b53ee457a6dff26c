using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Droptune.Core.Datasets.Checking;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets;

/// <summary>
/// Checks a dataset before any training second is spent on it: streams its files, reports every finding, and writes the
/// canonical snapshot as it goes. Bad data is never an exception.
/// </summary>
public static class DatasetGate
{
    // A key set to null would be no value at all.
    private static readonly JsonSerializerOptions ManifestOptions = new(DroptuneJson.Readable) { RespectNullableAnnotations = true };

    /// <summary>
    /// Checks <paramref name="files"/>, a manifest among them or not, and writes <c>{train,dev,test}.jsonl.gz</c> to
    /// <paramref name="snapshotFolder"/>; they are only worth keeping when the report says accepted. Null = check only.
    /// <paramref name="baseModelFolder"/> finds the local folder of a base model by its name (null = not there): with its
    /// vocabulary, lengths are counted in pieces.
    /// </summary>
    public static async Task<DatasetReport> CheckAsync(
        string dataset, IReadOnlyList<DatasetFile> files, string? snapshotFolder = null,
        Func<string, CancellationToken, Task<string?>>? baseModelFolder = null, CancellationToken cancellationToken = default)
    {
        var log = new FindingLog();
        var manifest = await ReadManifestAsync(files, log, cancellationToken);
        var tokenizer = await LoadTokenizerAsync(manifest.BaseModel, baseModelFolder, log, cancellationToken);

        // Train comes last: of a text that is in two splits, the copy in train is the one to report.
        var data = files.Where(file => file.Name != DatasetFile.ManifestName)
            .OrderBy(file => SplitPlan.NamedSplit(file.Name) is null or Split.Train)
            .ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
        return await Task.Run(() => new GateRun(dataset, data, manifest, tokenizer, log, cancellationToken).Check(snapshotFolder), cancellationToken);
    }

    private static async Task<DatasetManifest> ReadManifestAsync(IReadOnlyList<DatasetFile> files, FindingLog log, CancellationToken cancellationToken)
    {
        var file = files.FirstOrDefault(file => file.Name == DatasetFile.ManifestName);
        if (file is null)
        {
            return new DatasetManifest();
        }

        log.File = file.Name;
        try
        {
            await using var stream = await file.OpenAsync(cancellationToken);
            var manifest = await JsonSerializer.DeserializeAsync<DatasetManifest>(stream, ManifestOptions, cancellationToken) ?? new DatasetManifest();
            foreach (var name in new[] { manifest.Model, manifest.BaseModel })
            {
                if (name is not null && ResourceName.Problem(name) is { } problem)
                {
                    log.Add(FindingCode.BadManifest, problem);
                }
            }

            foreach (var problem in JobSpecRules.Problems(manifest))
            {
                log.Add(FindingCode.BadManifest, problem);
            }

            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(manifest.Validation, new ValidationContext(manifest.Validation), problems, validateAllProperties: true);
            foreach (var problem in problems)
            {
                log.Add(FindingCode.BadManifest, $"validation: {problem.ErrorMessage}");
            }

            log.Apply(manifest.Validation);
            return problems.Count == 0 ? manifest : manifest with { Validation = new() };
        }
        catch (JsonException e)
        {
            var isUnknown = e.Message.Contains("could not be mapped", StringComparison.Ordinal);
            var problem = e.Path is null or "$" ? "The file is not valid JSON." : $"{e.Path.TrimStart('$', '.')} {(isUnknown ? "is no key of the manifest" : "has a value that is not allowed")}.";
            log.Add(FindingCode.BadManifest, (e.LineNumber ?? 0) + 1, 0, [], $"{problem}");
            return new DatasetManifest();
        }
        finally
        {
            log.File = null;
        }
    }

    private static async Task<WordPieceTokenizer?> LoadTokenizerAsync(
        string? name, Func<string, CancellationToken, Task<string?>>? baseModelFolder, FindingLog log, CancellationToken cancellationToken)
    {
        if (name is null or BaseModel.Scratch || baseModelFolder is null)
        {
            return null;
        }

        if (await baseModelFolder(name, cancellationToken) is { } folder)
        {
            return WordPieceTokenizer.Load(folder);
        }

        log.File = DatasetFile.ManifestName;
        log.Add(FindingCode.BadManifest, $"baseModel is '{name}', which is not in base-models.");
        log.File = null;
        return null;
    }
}
