using System.ComponentModel.DataAnnotations;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Jobs;
using Droptune.Core.Models;

namespace Droptune.Core.Datasets.Gate;

/// <summary>Reads <c>dataset.json</c> and reports everything that is wrong with it; defaults stand in for what is.</summary>
internal static class ManifestReader
{
    // A key set to null would be no value at all.
    private static readonly JsonSerializerOptions Options = new(DroptuneJson.Readable) { RespectNullableAnnotations = true };

    public static async Task<DatasetManifest> ReadAsync(IReadOnlyList<DatasetFile> files, FindingLog log, CancellationToken cancellationToken)
    {
        var file = files.FirstOrDefault(file => file.Name == DatasetFile.ManifestName);
        if (file is null)
        {
            return new DatasetManifest();
        }

        try
        {
            await using var stream = await file.OpenAsync(cancellationToken);
            var manifest = await JsonSerializer.DeserializeAsync<DatasetManifest>(stream, Options, cancellationToken) ?? new DatasetManifest();
            return Check(manifest, log);
        }
        catch (JsonException e)
        {
            var isUnknown = e.Message.Contains("could not be mapped", StringComparison.Ordinal);
            var problem = e.Path is null or "$" ? "The file is not valid JSON." : $"{e.Path.TrimStart('$', '.')} {(isUnknown ? "is no key of the manifest" : "has a value that is not allowed")}.";
            log.Add(FindingCode.BadManifest, file.Name, (e.LineNumber ?? 0) + 1, 0, [], $"{problem}");
            return new DatasetManifest();
        }
    }

    private static DatasetManifest Check(DatasetManifest manifest, FindingLog log)
    {
        if (manifest.Model is { } model && ResourceName.Problem(model) is { } problem)
        {
            log.Add(FindingCode.BadManifest, DatasetFile.ManifestName, 0, 0, [], $"model: {problem}.");
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
