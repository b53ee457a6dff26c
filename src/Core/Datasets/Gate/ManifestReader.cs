using System.ComponentModel.DataAnnotations;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Jobs;
using Droptune.Core.Models;

namespace Droptune.Core.Datasets.Gate;

/// <summary>Reads <c>dataset.json</c> and reports everything that is wrong with it; defaults stand in for what is.</summary>
internal static class ManifestReader
{
    /// <summary>Bytes: lists of entities may stand in it.</summary>
    private const int LargestManifest = 16 << 20;

    public static async Task<DatasetManifest> ReadAsync(IReadOnlyList<DatasetFile> files, FindingLog log, CancellationToken cancellationToken)
    {
        var file = files.FirstOrDefault(file => file.Name == DatasetFile.ManifestName);
        if (file is null)
        {
            return new DatasetManifest();
        }

        if (file.Length > LargestManifest)
        {
            log.Add(FindingCode.BadManifest, file.Name, 0, 0, [], $"The file has {file.Length} bytes; {LargestManifest} (16 MiB) are allowed.");
            return new DatasetManifest();
        }

        try
        {
            await using var stream = await file.OpenAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync<DatasetManifest>(stream, DroptuneJson.Compact, cancellationToken) is { } manifest
                ? Check(manifest, log)
                : throw new JsonException("It is null: write an object.");
        }
        catch (JsonException e)
        {
            var place = e.Path is null or "$" ? "" : $" ({e.Path})";
            log.Add(FindingCode.BadManifest, file.Name, (e.LineNumber ?? 0) + 1, 0, [], $"{JsonReason.Of(e).TrimEnd('.')}{place}.");
            return new DatasetManifest();
        }
    }

    private static DatasetManifest Check(DatasetManifest manifest, FindingLog log)
    {
        if (manifest.Model is { } model && ResourceName.Problem(model) is { } problem)
        {
            log.Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [], $"model: {problem}.");
        }

        if (manifest is { MultiLabel: true, Task: TaskKind.TextClassification or TaskKind.TokenClassification })
        {
            log.Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [],
                $"multiLabel is true, but task is {DroptuneJson.Word(manifest.Task.Value)}: state {DroptuneJson.Word(TaskKind.MultiLabelClassification)} or {DroptuneJson.Word(TaskKind.Joint)}, or leave task out.");
        }

        var start = manifest.Start(BaseModel.Scratch);
        foreach (var wrong in JobSpecRules.SizeProblems("size", start).Concat(JobSpecRules.Problems(manifest.Training, "training")))
        {
            log.Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [], $"{wrong}.");
        }

        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(manifest.Validation, new ValidationContext(manifest.Validation), problems, validateAllProperties: true);
        foreach (var wrong in problems)
        {
            log.Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [], $"validation: {wrong.ErrorMessage}");
        }

        log.Apply(manifest.Validation);
        return problems.Count == 0 ? manifest : manifest with { Validation = new() };
    }
}
