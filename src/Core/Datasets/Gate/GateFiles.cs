using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Gate;

/// <summary>The files of a dataset: those that hold examples, and those that are parts of another one.</summary>
/// <param name="Folder">All of them.</param>
/// <param name="Data">Those that are read, in this order.</param>
/// <param name="Parts">The others, and the name of the file that each is read with.</param>
internal sealed record GateFiles(DatasetFolder Folder, IReadOnlyList<DatasetFile> Data, IReadOnlyDictionary<DatasetFile, string> Parts)
{
    public static GateFiles Of(IReadOnlyList<DatasetFile> files, DatasetManifest manifest, FindingLog log, Action<string?>? opening, CancellationToken cancellationToken)
    {
        files = [.. files.SelectMany(file => Unpack(file, manifest.Validation, log, cancellationToken))];
        var folder = new DatasetFolder(files, manifest.Validation, opening, cancellationToken);
        var parts = new Dictionary<DatasetFile, string>();
        foreach (var file in files)
        {
            foreach (var part in DatasetFormat.PartsOf(file, folder, manifest).Where(part => part != file))
            {
                parts.TryAdd(part, file.Name);
            }
        }

        // Train comes last: of a text that is in two splits, the copy in train is the one to report.
        var data = files.Where(file => file.Name != DatasetFile.ManifestName && !parts.ContainsKey(file))
            .OrderBy(file => SplitPlan.NamedSplit(file.Name) is null or Split.Train)
            .ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
        return new(folder, data, parts);
    }

    /// <summary>The files in an archive or workbook; any other file is itself. Of one that cannot be read nothing is.</summary>
    private static IReadOnlyList<DatasetFile> Unpack(DatasetFile file, ValidationSettings limits, FindingLog log, CancellationToken cancellationToken)
    {
        var extension = Path.GetExtension(file.Name).ToLowerInvariant();
        if (extension is not (".zip" or ".xlsx") || Path.GetFileName(file.Name).StartsWith('.'))
        {
            return [file];
        }

        try
        {
            List<DatasetFile> unpacked = extension switch
            {
                ".zip" => [.. ArchiveFiles.Of(file, limits, cancellationToken)],
                _ => [.. WorkbookFiles.Of(file, limits, cancellationToken)],
            };
            if (unpacked.Count == 0)
            {
                log.LeaveRest(FindingCode.EmptyFile, file.Name, 0, $"The file holds no other file, or no sheet with a row.");
            }

            if (unpacked.Find(entry => entry.Name == $"{file.Name}/{DatasetFile.ManifestName}") is { } manifest)
            {
                log.Add(FindingCode.BadManifest, manifest.Name, 0, 0, [], $"It lies inside the archive: {DatasetFile.ManifestName} is read beside it.");
                unpacked.Remove(manifest);
            }

            return [.. unpacked.SelectMany(entry => Unpack(entry, limits, log, cancellationToken))];
        }
        catch (UnreadableFileException e)
        {
            log.LeaveRest(e.Code, file.Name, e.Line, $"{e.Message}");
            return [];
        }
    }
}
