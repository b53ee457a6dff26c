using System.Text.Json;
using Droptune.Core.Datasets.Checking;
using Droptune.Core.Datasets.Reading;
using Droptune.Core.Datasets.Snapshots;

namespace Droptune.Core.Datasets;

/// <summary>
/// Checks a dataset before any training second is spent on it: streams its files, reports every finding, and writes the
/// canonical snapshot as it goes. Bad data is never an exception.
/// </summary>
public static class DatasetGate
{
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
        _ = baseModelFolder;
        var log = new FindingLog();
        var manifest = await ReadManifestAsync(files, log, cancellationToken);
        log.Apply(manifest.Validation);

        var temporary = snapshotFolder is null ? Directory.CreateTempSubdirectory("droptune-").FullName : null;
        try
        {
            var data = files.Where(file => file.Name != DatasetFile.ManifestName).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
            return await Task.Run(() => CheckFiles(dataset, data, manifest, log, snapshotFolder ?? temporary!, cancellationToken), cancellationToken);
        }
        finally
        {
            if (temporary is not null)
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
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
            return await JsonSerializer.DeserializeAsync<DatasetManifest>(stream, DroptuneJson.Readable, cancellationToken) ?? new DatasetManifest();
        }
        catch (JsonException e)
        {
            log.Add(FindingCode.BadManifest, (e.LineNumber ?? 0) + 1, 0, [], $"{e.Path}: {e.Message.Split(" Path:")[0]}");
            return new DatasetManifest();
        }
        finally
        {
            log.File = null;
        }
    }

    private static DatasetReport CheckFiles(
        string dataset, List<DatasetFile> files, DatasetManifest manifest, FindingLog log, string folder, CancellationToken cancellationToken)
    {
        var checker = new ExampleChecker(log, manifest, manifest.TagScheme);
        var statistics = new DatasetStatistics(log, manifest);
        var plan = new SplitPlan(files.Select(file => file.Name));
        var canonical = new CanonicalWriter(checker.TextLabels, checker.EntityLabels);
        var hash = new TextHash();
        var summaries = new List<FileSummary>();
        using var snapshot = new SnapshotWriter(folder);
        long leftOut = 0;

        foreach (var file in files)
        {
            log.File = file.Name;
            var named = SplitPlan.NamedSplit(file.Name);
            long examples = 0;
            string? format = null;
            try
            {
                using var source = SourceStream.Open(file.OpenAsync(cancellationToken).GetAwaiter().GetResult());
                var reader = DatasetFormat.ReaderOf(file.Name, source, log, manifest);
                format = reader?.Format;
                if (reader is null)
                {
                    log.Add(FindingCode.UnknownFormat, $"'{Path.GetExtension(file.Name)}' is no format of a dataset: the file is not read.");
                }

                var record = new Record();
                while (reader is not null && reader.Read(record))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (checker.Check(record) is not { } example)
                    {
                        leftOut++;
                        continue;
                    }

                    var split = plan.SplitOf(named, hash.Normalised(example.Text.Span));
                    statistics.Add(split, example);
                    snapshot.Write(split, canonical.Write(example));
                    examples++;
                }
            }
            catch (UnreadableFileException e)
            {
                log.Add(e.Code, e.Line, 0, [], $"{e.Message}");
            }

            summaries.Add(new FileSummary(file.Name, format, named, file.Length, examples));
        }

        log.File = null;
        var task = statistics.FindTask();
        var findings = log.HasErrors ? JsonSerializer.SerializeToUtf8Bytes(log.Kept, DroptuneJson.Compact) : [];
        return new DatasetReport
        {
            Dataset = dataset,
            Version = Convert.ToHexStringLower(snapshot.Complete(findings))[..12],
            Accepted = !log.HasErrors,
            Task = task,
            TagScheme = checker.EntityLabels.Count > 0 ? manifest.TagScheme ?? TagScheme.IOB2 : null,
            Counts = statistics.Counts,
            LeftOut = leftOut,
            TextLabels = [.. checker.TextLabels.Names.Order(StringComparer.Ordinal)],
            EntityLabels = [.. checker.EntityLabels.Names.Order(StringComparer.Ordinal)],
            Findings = log.Kept,
            Totals = log.Totals,
            Files = summaries,
            Manifest = manifest,
        };
    }
}
