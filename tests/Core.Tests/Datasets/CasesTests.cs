using System.Formats.Tar;
using System.IO.Compression;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Reports;

namespace Droptune.Core.Tests.Datasets;

/// <summary>
/// Files as people hold them, in tests/data/cases.tar.gz: each made for this project, after a public complaint or a real file, with
/// no one's data in it. What must come of each is one line here.
/// </summary>
public sealed class CasesTests(CasesTests.Folder folder) : IClassFixture<CasesTests.Folder>
{
    private const string Rejected = "rejected";

    /// <summary>A case, and what the report must say: its task or that it is rejected, examples, and codes or words that stand in it. Some are rejected because they have no example for dev, or one class.</summary>
    public static readonly TheoryData<string, string, int, string> Expected = new()
    {
        { "01-scheme-none-guessed/atis-tsv", Rejected, 0, "textColumn" },
        { "01-scheme-none-guessed/conll-conf-last", Rejected, 0, "tagColumn 2" },
        { "01-scheme-none-guessed/conll-int-tags", Rejected, 0, "numbers" },
        { "01-scheme-none-guessed/conll-star", "token-classification", 2, "LOC" },
        { "01-scheme-none-guessed/conll-tag-not-last", Rejected, 0, "tagColumn 2" },
        { "01-scheme-none-guessed/headerless-tsv", Rejected, 0, "textColumn" },
        { "01-scheme-none-guessed/iob-first-tag", Rejected, 0, "tagColumn 1" },
        { "01-scheme-none-guessed/label-first-txt", Rejected, 0, "textColumn" },
        { "01-scheme-none-guessed/ontonotes-as-conll", Rejected, 1, "PERSON" },
        { "01-scheme-none-guessed/pq-bracket", Rejected, 0, "numbers" },
        { "01-scheme-none-guessed/pq-nometa", Rejected, 0, "numbers" },
        { "01-scheme-none-guessed/prose-txt", Rejected, 0, "unclear-tags" },
        { "01-scheme-none-guessed/sst-tsv", Rejected, 0, "textColumn" },
        { "01-scheme-none-guessed/tags-string-ints", Rejected, 0, "numbers" },
        { "01-scheme-none-guessed/webanno", Rejected, 1, "WebAnno TSV" },
        { "03-conll-id-column/conllup-as-conll", "token-classification", 2, "PER" },
        { "04-splits-by-name/conll-named", "token-classification", 300, "\"train\":100,\"dev\":100,\"test\":100" },
        { "04-splits-by-name/devel-named", "text-classification", 300, "\"train\":100,\"dev\":100,\"test\":100" },
        { "04-splits-by-name/nested-splits", "text-classification", 60, "\"test\":30" },
        { "04-splits-by-name/split-infix", "text-classification", 60, "\"test\":30" },
        { "04-splits-by-name/split-suffix", "text-classification", 60, "\"dev\":30" },
        { "04-splits-by-name/val-named", "text-classification", 300, "\"train\":100,\"dev\":100,\"test\":100" },
        { "05-entities-dropped/csv-text-ents-label", "joint", 2, "PER" },
        { "05-entities-dropped/ents-in-parquet-like", "joint", 2, "PER" },
        { "05-entities-dropped/label-and-intent", "joint", 2, "PER" },
        { "05-entities-dropped/ls-choice-hyper", "joint", 2, "LOC" },
        { "05-entities-dropped/ls-labels-hyper", "token-classification", 2, "LOC" },
        { "05-entities-dropped/ls-labels-taxonomy", "joint", 2, "A/A1" },
        { "05-entities-dropped/pq-text-ents", "joint", 2, "PER" },
        { "05-entities-dropped/slots-key", "text-classification", 2, "'slots' is not read" },
        { "05-entities-dropped/tokens-text-ents-label", "joint", 2, "PER" },
        { "07-ls-per-region-choice/ls-per-region", "token-classification", 2, "'choices' is not read" },
        { "09-unspaced-languages/ja-spans", "token-classification", 3, "\"units\":{\"pieces\":[]}" },
        { "09-unspaced-languages/ko-spans", "token-classification", 2, "\"units\":{\"pieces\":[\"hangul\"]}" },
        { "09-unspaced-languages/th-spans", "token-classification", 2, "\"units\":{\"pieces\":[\"thai\"]}" },
        { "10-sub-word-spans/ar-spans", "token-classification", 2, "\"units\":{\"pieces\":[\"arabic\"]}" },
        { "10-sub-word-spans/de-compound", "token-classification", 4, "\"units\":{\"pieces\":[]}" },
        { "10-sub-word-spans/unit-suffix", "token-classification", 2, "\"units\":{\"pieces\":[]}" },
        { "11-empty-label-list/doccano-cls-empty", Rejected, 3, "\"missing-label\",\"severity\":\"error\",\"count\":1" },
        { "11-empty-label-list/doccano-empty-cls", Rejected, 101, "\"missing-label\",\"severity\":\"error\",\"count\":1" },
        { "11-empty-label-list/prodigy-choice", Rejected, 3, "\"missing-label\",\"severity\":\"error\",\"count\":1" },
        { "12-no-dev-accepted-then-fails/bom-csv", "text-classification", 2, "\"dev\":1" },
        { "13-tsv-quotes-swallow-rows/tsv-quotes", Rejected, 1, "malformed-record" },
        { "13-tsv-quotes-swallow-rows/tsv-swallow", Rejected, 2, "takes in 4 lines" },
        { "14-cr-only-conll/conll-cr2", "token-classification", 2, "LOC" },
        { "14-cr-only-conll/conll-cr3", "token-classification", 3, "LOC" },
        { "16-hf-labels-key/hf-labels-list", "token-classification", 2, "LOC" },
        { "16-hf-labels-key/hf-labels-one", "token-classification", 3, "LOC" },
        { "16-hf-labels-key/json-tokens-text", "token-classification", 2, "LOC" },
        { "16-hf-labels-key/pq-labels", "token-classification", 4, "LOC" },
        { "17-ls-surface-whitespace/ls-crlf", "token-classification", 2, "PER" },
        { "17-ls-surface-whitespace/ls-doublespace", "token-classification", 2, "LOC" },
        { "17-ls-surface-whitespace/ls-end-beyond", "token-classification", 2, "LOC" },
        { "17-ls-surface-whitespace/ls-newline", "token-classification", 2, "PER" },
        { "18-ls-conll-zh/ls-conll-zh", "token-classification", 2, "unsegmented-text" },
        { "21-json-project-files/argilla", Rejected, 1, "PER" },
        { "21-json-project-files/azure-ner", Rejected, 1, "read with labels.json" },
        { "21-json-project-files/clu", Rejected, 2, "Azure CLU project" },
        { "21-json-project-files/clinc", "text-classification", 4, "CLINC" },
        { "21-json-project-files/cluener", Rejected, 1, "organization" },
        { "21-json-project-files/dataturks", Rejected, 1, "Name" },
        { "21-json-project-files/dialogflow", Rejected, 2, "city" },
        { "21-json-project-files/luis-utts", Rejected, 1, "City" },
        { "21-json-project-files/luis-v4", "joint", 2, "LUIS app" },
        { "21-json-project-files/massive", Rejected, 1, "alarm_set" },
        { "21-json-project-files/rasa-json", "joint", 2, "Rasa JSON" },
        { "21-json-project-files/snips-json", Rejected, 2, "city" },
        { "21-json-project-files/spacy-annotator", "token-classification", 2, "NER annotator" },
        { "23-prodigy-binary-textcat/prodigy-binary-textcat", Rejected, 2, "give them one of their own" },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task CheckAsync_FileAsPeopleHoldIt_IsReadOrItsOwnerIsTold(string name, string outcome, int examples, string says)
    {
        var report = await DatasetGate.CheckAsync("case", DatasetFile.FromFolder(Path.Combine(folder.Path, name)).ToList(), cancellationToken: TestContext.Current.CancellationToken);

        var text = JsonSerializer.Serialize(report, DroptuneJson.Compact);
        Assert.Equal(outcome, report.Accepted ? DroptuneJson.Word(report.Task!.Value) : Rejected);
        Assert.Equal(examples, report.Counts.Train + report.Counts.Dev + report.Counts.Test);
        Assert.Contains(says, text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_LabelsAndEntitiesInFilesOfTheirOwn_AreJoinedByText()
    {
        var report = await Some.Report(
            Some.File("intents.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"fly to city {i},{(i % 2 == 0 ? "book" : "ask")}\n"))),
            Some.File("entities.jsonl", string.Concat(Enumerable.Range(0, 31).Select(i => $$"""{"text":"Fly to city {{i}}","entities":[{"start":7,"end":{{$"Fly to city {i}".Length}},"label":"place"}]}""" + "\n"))));

        Assert.Equal(TaskKind.Joint, report.Task);
        Assert.Equal(30, report.Counts.Train + report.Counts.Dev + report.Counts.Test);
        Assert.Equal(["ask", "book"], report.TextLabels);
        Assert.True(report.Files.Single(file => file.Name == "intents.csv").IsJoined);
        var missing = Assert.Single(report.Findings, finding => finding.Severity == Severity.Error);
        Assert.Equal((FindingCode.MissingLabel, "entities.jsonl"), (missing.Code, missing.File));
        Assert.StartsWith("1 of its texts", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_WordsOfALanguageWithoutSpaces_AreToBeJoined()
    {
        var report = await Some.Report(Some.File("train.conll", string.Concat(Enumerable.Range(0, 20).Select(i => $"ผม\tO\nอยู่\tO\nกรุงเทพ\tB-city\n \tO\n{i}\tO\n\n"))));

        Assert.True(report.IsRunningText);
        Assert.DoesNotContain(report.Findings, finding => finding.Code == FindingCode.BlankToken); // it is a space there
        Assert.Contains("joined to texts", DatasetReportMarkdown.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_ColumnsByNumber_ReadAFileWithoutAHeader()
    {
        var report = await Some.Report(
            Some.File(DatasetFile.ManifestName, """{"textColumn": 2, "labelColumn": 1}"""), Some.File("train.tsv", "x\ta day\ny\tanother day\nx\tone more\n"));

        Assert.Equal(3, report.Counts.Train + report.Counts.Dev + report.Counts.Test);
        Assert.Equal(["x", "y"], report.TextLabels);
    }

    /// <summary>The cases, unpacked once.</summary>
    public sealed class Folder : IDisposable
    {
        public Folder()
        {
            using var packed = new GZipStream(File.OpenRead(TestData.PathOf("cases.tar.gz")), CompressionMode.Decompress);
            TarFile.ExtractToDirectory(packed, Path, overwriteFiles: false);
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("droptune cases ").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
