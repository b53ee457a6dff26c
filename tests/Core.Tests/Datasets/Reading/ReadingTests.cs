using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Tests.Datasets.RoundTrip;

namespace Droptune.Core.Tests.Datasets.Reading;

/// <summary>The traps of each format.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reading-").FullName;

    [Fact]
    public async Task Conll_TokensThatAreHashes_AreNoComments()
    {
        var examples = await ReadAsync("conll", "# intent = Play\n#\tO\n1\tB-rank\n# text = a b\nhit\tO\n");

        Assert.Equal(["#", "1", "hit"], examples[0].Tokens);
        Assert.Equal("Play", examples[0].Label);
    }

    [Fact]
    public async Task Conll_HashBetweenSpaceColumns_IsAToken()
    {
        var examples = await ReadAsync("conll", "Number NN O\n# SYM O\n1 CD B-rank\n");

        Assert.Equal(["Number", "#", "1"], examples[0].Tokens);
    }

    [Fact]
    public async Task Conll_TabOnlyLinesAndDocStart_DivideSentences()
    {
        var examples = await ReadAsync("conll", "-DOCSTART- -X- O O\r\n\r\na NN X O\r\n\t\r\nb NN X O\r\n  \r\n\r\n\r\nc NN X O");

        Assert.Equal(["a", "b", "c"], examples.Select(example => Assert.Single(example.Tokens!)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a\tO\n\n# label = x\n\n", FindingCode.EmptyField, 3)]
    [InlineData("a\tO\n\n# label = x\nuntagged", FindingCode.MalformedRecord, 4)]
    public async Task Conll_LabelWithoutASentence_IsLeftOutForOneReason(string content, FindingCode code, int line)
    {
        var report = await Some.Report(Some.File("train.conll", content));

        AssertLeftOut(report, code, line);
    }

    [Fact]
    public async Task Conll_LastSentenceTooLarge_IsLeftOut()
    {
        var report = await Some.Report(
            Some.Manifest(new() { Validation = new() { MaxRecordBytes = 100 } }),
            Some.File("train.conll", "a\tO\n\n" + string.Concat(Enumerable.Repeat("long\tO\n", 100))));

        AssertLeftOut(report, FindingCode.RecordTooLarge, 3);
    }

    [Fact]
    public async Task Conll_SpaceInATabbedToken_Stays()
    {
        var examples = await ReadAsync("tsv", "New York\tB-city\n 1\u00A0000\tO\n");

        Assert.Equal(["New York", " 1\u00A0000"], examples[0].Tokens);
    }

    [Fact]
    public async Task Txt_HoldingJson_IsReadAsSuch()
    {
        var examples = await ReadAsync("txt", "{\"text\":\"a\",\"label\":\"x\"}\n");

        Assert.Equal("a", examples[0].Text);
    }

    [Fact]
    public async Task Json_PrettyPrintedObjects_AreRead()
    {
        var examples = await ReadAsync("json", "{\n  \"text\": \"a { \\\" ]\",\n  \"label\": \"x\"\n}\n{\n  \"text\": \"b\",\n  \"label\": \"y\"\n}\n");

        Assert.Equal(["a { \" ]", "b"], examples.Select(example => example.Text!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Json_ArrayCutOff_IsAFinding()
    {
        var report = await Some.Report(Some.File("train.json", "[\n{\"text\":\"a\",\"label\":\"x\"},\n{\"text\":\"b\",\"la"));

        Assert.Equal(3, Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Line);
    }

    [Fact]
    public async Task Json_MissingComma_IsReportedAtItsLine()
    {
        var report = await Some.Report(Some.File("train.json", "[\n{\"text\":\"a\",\"label\":\"x\"},\n{\"text\":\"b\" \"label\":\"x\"},\n{\"text\":\"c\",\"label\":\"y\"}\n]"));

        Assert.Equal(3, Assert.Single(report.Findings, finding => finding.Code == FindingCode.MalformedRecord).Line);
        Assert.Equal(1, report.LeftOut);
    }

    [Theory]
    [InlineData("[{\"text\":\"a\",\"label\":\"x\"},\n7]", 2)]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"id\":0,\"paragraphs\":[]}", 2)]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"id\":0,\"paragraphs\":{}}", 2)]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"paragraphs\":[{\"sentences\":[{\"tokens\":[{\"orth\":null}]}]}]}", 2)]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"data\":{\"text\":\"b\"},\"annotations\":[{\"result\":[{\"type\":\"choices\",\"value\":{\"choices\":[null]}}]}]}", 2)]
    public async Task Json_WhatIsNoRecord_IsLeftOut(string content, int line)
    {
        var report = await Some.Report(Some.File("train.json", content));

        AssertLeftOut(report, FindingCode.MalformedRecord, line);
    }

    [Theory]
    [InlineData("json", "[]")]
    [InlineData("csv", "text,label\n")]
    [InlineData("conll", "# a comment = only\n")]
    public async Task File_WithoutARecord_IsAFinding(string extension, string content)
    {
        var report = await Some.Report(Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}"), Some.File("dev." + extension, content));

        Assert.Equal("dev." + extension, Assert.Single(report.Findings, finding => finding.Code == FindingCode.EmptyFile).File);
    }

    [Theory]
    [InlineData("license-plates.jsonl", 1)]
    [InlineData("_train.txt", 1)]
    [InlineData("README.txt", 0)]
    [InlineData("LICENSE", 0)]
    [InlineData("more/.train.jsonl", 0)]
    public async Task File_NamedAsOneBesideTheData_IsAFindingWhereItMayBeData(string name, int findings)
    {
        var report = await Some.Report(Some.File("train.jsonl", "{\"text\":\"a\",\"label\":\"x\"}"), Some.File(name, "{\"text\":\"b\",\"label\":\"y\"}"));

        Assert.Equal(findings, report.Findings.Count(finding => finding.Code == FindingCode.UnknownFormat && finding.File == name));
        Assert.Equal(["x"], report.TextLabels);
    }

    [Fact]
    public async Task Csv_RowTooLarge_IsLeftOut()
    {
        var report = await Some.Report(
            Some.Manifest(new() { Validation = new() { MaxRecordBytes = 100 } }),
            Some.File("train.csv", $"text,label\na,x\n\"{new string('b', 200_000)}\",x\n"));

        AssertLeftOut(report, FindingCode.RecordTooLarge, 3);
    }

    [Fact]
    public async Task Csv_OtherColumnNames_AreNamedInTheFinding()
    {
        var report = await Some.Report(Some.File("train.csv", "text,category\na,x\n"));

        Assert.Contains("category", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MissingField).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_StatedColumnNames_AreRead()
    {
        var report = await Some.Report(
            Some.Manifest(new() { LabelColumn = "category" }), Some.File("train.csv", "text;category\n\"a;\n1\";x\nb;y\n"));

        Assert.Equal(["x", "y"], report.TextLabels);
    }

    [Fact]
    public async Task Gzip_OfSeveralMembers_IsRead()
    {
        var file = Some.File("train.jsonl.gz", [.. Gzip("{\"text\":\"a\",\"label\":\"x\"}\n"), .. Gzip("{\"text\":\"b\",\"label\":\"y\"}\n")]);

        var report = await Some.Report(file);

        Assert.Equal(["x", "y"], report.TextLabels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(40)]
    public async Task Gzip_CutAnywhere_IsAFinding(int missing)
    {
        var content = Gzip(string.Concat(Enumerable.Range(0, 50).Select(i => $"{{\"text\":\"text {i}\",\"label\":\"x\"}}\n")));

        var report = await Some.Report(Some.File("train.jsonl.gz", content[..^missing]));

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.BrokenArchive);
    }

    [Theory]
    [InlineData("caf\u00e9", "iso-8859-1", 3, 1)]
    [InlineData("a\nb\ncaf\u00e9!", "iso-8859-1", 7, 3)]
    public async Task Encoding_NotUtf8_NamesTheByte(string text, string encoding, int offset, int line)
    {
        var report = await Some.Report(Some.File("train.conll", Encoding.GetEncoding(encoding).GetBytes(text)));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.BadEncoding);
        Assert.Contains($"0xE9 at byte offset {offset}.", finding.Message, StringComparison.Ordinal);
        Assert.Equal(line, finding.Line);
    }

    [Fact]
    public async Task Encoding_WorkbookNamedCsv_IsSaidToBeOne()
    {
        var report = await Some.Report(Some.File("train.csv", [(byte)'P', (byte)'K', 3, 4, 20, 0, 6, 0, 8, 0]));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.BadEncoding);
        Assert.Contains("Excel workbook", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encoding_SplitAcrossReads_IsProven()
    {
        // Three-byte characters behind one letter: every buffer border falls inside one, somewhere.
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{{\"text\":\"x{new string('北', i % 7)}{i}\",\"label\":\"{i % 2}\"}}\n"));

        var report = await Some.Report(Some.File("train.jsonl", text));

        Assert.True(report.Accepted);
        Assert.Equal(40_000, report.Counts.Train + report.Counts.Dev + report.Counts.Test);
    }

    [Fact]
    public async Task Utf16_HalfAPair_NamesTheByte()
    {
        byte[] content = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("a\tO\nb"), 0x3D, 0xD8, .. Encoding.Unicode.GetBytes("\tO\n")];

        var report = await Some.Report(Some.File("train.conll", content));

        var finding = Assert.Single(report.Findings, finding => finding.Code == FindingCode.BadEncoding);
        Assert.Contains("byte offset 12", finding.Message, StringComparison.Ordinal);
        Assert.Equal(2, finding.Line);
    }

    [Fact]
    public async Task LabelStudio_SkippedTask_IsLeftOut()
    {
        const string Task = """[{"data":{"text":"a"},"annotations":[{"was_cancelled":true,"result":[]}]},{"data":{"text":"b"},"annotations":[{"result":[{"type":"choices","value":{"choices":["x"]}}]}]}]""";

        var report = await Some.Report(Some.File("train.json", Task));

        Assert.Equal(1, report.LeftOut);
        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.NotAccepted);
    }

    [Fact]
    public async Task LabelStudio_PredictionsAlone_AreNoLabels()
    {
        const string Tasks = """
            [{"data":{"text":"a"},"annotations":[],"predictions":[{"result":[{"type":"choices","value":{"choices":["x"]}}]}]},
             {"data":{"text":"b"},"annotations":[{"result":[{"type":"choices","value":{"choices":["y"]}}]}]}]
            """;

        var report = await Some.Report(Some.File("train.json", Tasks));

        Assert.Equal((1, 1), (report.LeftOut, report.Counts.Train + report.Counts.Dev + report.Counts.Test));
        Assert.Equal(1, Assert.Single(report.Findings, finding => finding.Code == FindingCode.Unlabelled).Line);
        Assert.Equal(["y"], report.TextLabels);
    }

    [Fact]
    public async Task LabelStudio_JsonMin_IsReadWithSpansInItsLabelColumn()
    {
        const string Tasks = """
            [{"id":1,"text":"go to New York","label":[{"start":6,"end":14,"text":"New York","labels":["city"]}],"annotator":1},
             {"id":2,"text":"nowhere","label":[],"annotator":1}]
            """;

        var examples = (await ReadAsync("json", Tasks)).OrderBy(example => example.Text, StringComparer.Ordinal).ToList();

        Assert.Equal([new EntitySpan(6, 14, "city")], examples[0].Entities);
        Assert.Empty(examples[1].Entities!);
    }

    [Fact]
    public async Task LabelStudio_JsonMinOfChoices_NeedsItsColumnStated()
    {
        const string Tasks = """[{"id":1,"text":"a","sentiment":"good"},{"id":2,"text":"b","sentiment":"bad"}]""";

        var report = await Some.Report(Some.Manifest(new() { LabelColumn = "sentiment" }), Some.File("train.json", Tasks));

        Assert.Equal(["bad", "good"], report.TextLabels);
    }

    [Theory]
    [InlineData("accept", 0)]
    [InlineData("reject", 1)]
    [InlineData("ignore", 1)]
    public async Task Prodigy_Answer_OnlyAcceptedOnesCount(string answer, int leftOut)
    {
        var report = await Some.Report(Some.File(
            "train.jsonl", $$"""{"text":"go to Oslo","_input_hash":1,"spans":[{"start":6,"end":10,"label":"city"}],"answer":"{{answer}}"}"""));

        Assert.Equal(leftOut, report.LeftOut);
        Assert.Equal(leftOut, report.Findings.Count(finding => finding.Code == FindingCode.NotAccepted));
    }

    [Fact]
    public async Task Parquet_NumberedClasses_AreReadByName()
    {
        var file = Rendering.ParquetOfClasses([("play a song", 1), ("stop it", 0), ("louder", 2), ("hum", null)], "Stop", "Play");

        var examples = await ReadAsync("parquet", file);

        Assert.Equal(
            [("hum", null), ("louder", "2"), ("play a song", "Play"), ("stop it", "Stop")], // 2 has no name
            examples.Select(example => (example.Text!, example.Label)).Order());
    }

    [Fact]
    public async Task Parquet_TokenWithoutAValue_IsLeftOut()
    {
        var file = Rendering.OfWords.First(format => format.Extension == "parquet").Render([new() { Tokens = ["a", null!, "b"], Tags = ["O", null!, "O"] }]);

        var report = await Some.Report(Some.File("train.parquet", file));

        Assert.Equal(1, report.LeftOut);
        Assert.Contains(report.Findings, finding => finding is { Code: FindingCode.EmptyField, Line: 1 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertLeftOut(DatasetReport report, FindingCode code, int line)
    {
        Assert.Equal(1, report.LeftOut);
        var reason = Assert.Single(report.Findings, finding => finding.Line is not null);
        Assert.Equal((code, line), (reason.Code, reason.Line));
    }

    private static byte[] Gzip(string text) => Rendering.Gzip(Rendering.Utf8(text));

    private Task<List<Example>> ReadAsync(string extension, string content) => ReadAsync(extension, Rendering.Utf8(content));

    private async Task<List<Example>> ReadAsync(string extension, byte[] content)
    {
        await Some.Report(_folder, [Some.File("data." + extension, content)]);
        return [.. Enum.GetValues<Split>().SelectMany(split => SnapshotReader.Read(Path.Combine(_folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz")))];
    }
}
