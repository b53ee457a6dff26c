using Droptune.Core.Datasets.Reading;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Gate;

/// <summary>The files of a dataset: those that hold examples, and those that are parts of another one.</summary>
/// <param name="Folder">All of them.</param>
/// <param name="Data">Those that are read, in this order.</param>
/// <param name="Parts">The others, and the name of the file that each is read with.</param>
internal sealed record GateFiles(DatasetFolder Folder, IReadOnlyList<DatasetFile> Data, IReadOnlyDictionary<DatasetFile, string> Parts)
{
    public static GateFiles Of(IReadOnlyList<DatasetFile> files, DatasetManifest manifest, Action<string?>? opening, CancellationToken cancellationToken)
    {
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
}
