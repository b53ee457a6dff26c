using System.IO.Compression;
using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Reading;

/// <summary>Archives and workbooks, and what must not come out of them.</summary>
public sealed class ContainersTests
{
    private const string Rows = """<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c><c r="B1" t="inlineStr"><is><t>label</t></is></c></row>""";

    [Fact]
    public async Task Zip_OfSeveralFiles_IsReadLikeAFolder()
    {
        var zip = Zip(
            ("data/train/a.txt", "Ann came"), ("data/train/a.ann", "T1\tPER 0 3\tAnn\n"), ("data/test.jsonl", "{\"text\": \"Bob ran\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PER\"}]}\n"),
            ("data/README.md", "# Data"), ("__MACOSX/data/._test.jsonl", "\0"));

        var examples = await Some.Examples(Some.File("ner.zip", zip));

        Assert.Equal([(Split.Train, "Ann came"), (Split.Test, "Bob ran")], examples.Select(e => (e.Split, e.Example.Text!)));
    }

    [Fact]
    public async Task Zip_DamagedEntry_IsAFinding()
    {
        var zip = Zip(("train.jsonl", string.Concat(Enumerable.Range(0, 50).Select(i => $"{{\"text\": \"text {i}\", \"label\": \"x\"}}\n"))));
        zip[60] ^= 0x55;

        var report = await Some.Report(Some.File("data.zip", zip));

        Assert.Contains(report.Findings, finding => finding is { Code: FindingCode.BrokenArchive, File: "data.zip/train.jsonl" });
    }

    [Theory]
    [InlineData("/etc/train.jsonl")]
    [InlineData("../train.jsonl")]
    [InlineData("a\\..\\..\\train.jsonl")]
    [InlineData("C:/train.jsonl")]
    public async Task Zip_NameThatLeavesIt_IsRefused(string name)
    {
        var report = await Some.Report(Some.File("data.zip", Zip((name, "{\"text\": \"a\", \"label\": \"x\"}"))));

        Assert.Equal("data.zip", Assert.Single(report.Findings, finding => finding.Code == FindingCode.BrokenArchive).File);
    }

    [Fact]
    public async Task Zip_InAZip_IsRefused()
    {
        var report = await Some.Report(Some.File("data.zip", Zip(("inner.zip", "PK"))));

        Assert.Contains("inner.zip", Assert.Single(report.Findings, finding => finding.Code == FindingCode.FormatNotRead).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zip_OfRepeatedBytes_IsABomb()
    {
        var report = await Some.Report(Some.File("data.zip", Zip(("train.jsonl", new string(' ', 8 << 20)))));

        Assert.Single(report.Findings, finding => finding.Code == FindingCode.ArchiveBomb);
    }

    [Fact]
    public async Task Zip_OverItsLimits_IsABomb()
    {
        var zip = Zip([.. Enumerable.Range(0, 20).Select(i => ($"{i}.jsonl", "{\"text\": \"a\", \"label\": \"x\"}"))]);

        foreach (var limits in (ValidationSettings[])[new() { MaxArchiveEntries = 10 }, new() { MaxArchiveBytes = 100 }])
        {
            var report = await Some.Report(Some.Manifest(new() { Validation = limits }), Some.File("data.zip", zip));

            Assert.Single(report.Findings, finding => finding.Code == FindingCode.ArchiveBomb);
        }
    }

    [Fact]
    public async Task Zip_StatingASmallerSize_IsStoppedThere()
    {
        var content = string.Concat(Enumerable.Range(0, 200).Select(i => $"{{\"text\": \"text {i}\", \"label\": \"x\"}}\n"));
        var zip = Zip(("train.jsonl", content));
        var (size, lie) = (BitConverter.GetBytes(content.Length), BitConverter.GetBytes(content.Length / 2));
        for (int at; (at = zip.AsSpan().IndexOf(size)) >= 0;)
        {
            lie.CopyTo(zip, at);
        }

        var report = await Some.Report(Some.File("data.zip", zip));

        Assert.Single(report.Findings, finding => finding.Code == FindingCode.BrokenArchive);
    }

    [Fact]
    public async Task Zip_WithAManifestInside_SaysWhereItBelongs()
    {
        var report = await Some.Report(Some.File("data.zip", Zip(("dataset.json", "{}"), ("train.jsonl", "{\"text\": \"a\", \"label\": \"x\"}"))));

        Assert.Contains("beside", Assert.Single(report.Findings, finding => finding.Code == FindingCode.BadManifest).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workbook_Sheets_AreReadAsCsv()
    {
        var sheet = Rows + """<row r="2"><c r="A2" t="inlineStr"><is><t>a, "b"; c</t></is></c><c r="B2"><v>3</v></c></row>""";

        var examples = await Some.Examples(Some.File("data.xlsx", Workbook(("train", sheet), ("test", sheet.Replace("a, ", "d, ", StringComparison.Ordinal)), ("notes", ""))));

        Assert.Equal([(Split.Train, "a, \"b\"; c", "3"), (Split.Test, "d, \"b\"; c", "3")], examples.Select(e => (e.Split, e.Example.Text!, e.Example.Label!)));
    }

    [Fact]
    public async Task Workbook_InAZip_IsRead()
    {
        var workbook = Workbook(("Sheet1", Rows + """<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>"""));
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("data.xlsx").Open();
            entry.Write(workbook);
        }

        Assert.Equal("x", Assert.Single(await Some.Examples(Some.File("data.zip", stream.ToArray()))).Example.Label);
    }

    [Fact]
    public async Task Workbook_WithADocumentType_IsNotResolved()
    {
        const string Bomb = """<!DOCTYPE worksheet [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>""";

        var row = Rows + """<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>""";
        Assert.Single(await Some.Examples(Some.File("data.xlsx", Workbook(("Sheet1", row)))));

        var report = await Some.Report(Some.File("data.xlsx", Workbook(Bomb, ("Sheet1", row.Replace("<t>a", "<t>&b;", StringComparison.Ordinal)))));

        Assert.Equal("data.xlsx", Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnreadableFile).File);
    }

    [Fact]
    public async Task Workbook_WithAPartOverTheLimit_IsRefused()
    {
        var report = await Some.Report(
            Some.Manifest(new() { Validation = new() { MaxProjectBytes = 1 << 16 } }),
            Some.File("data.xlsx", Workbook(("Sheet1", string.Concat(Enumerable.Repeat("<row><c><v>1</v></c></row>", 1 << 12))))));

        Assert.Single(report.Findings, finding => finding.Code == FindingCode.FileTooLarge);
    }

    [Fact]
    public async Task Workbook_Damaged_IsAFinding()
    {
        var report = await Some.Report(Some.File("data.xlsx", Zip(("xl/other.xml", "<a/>"))));

        Assert.Single(report.Findings, finding => finding.Code == FindingCode.UnreadableFile);
    }

    internal static byte[] Zip(params (string Name, string Content)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }

    internal static byte[] Workbook(params (string Name, string Rows)[] sheets) => Workbook("", sheets);

    private static byte[] Workbook(string documentType, params (string Name, string Rows)[] sheets)
    {
        const string Package = "http://schemas.openxmlformats.org/package/2006";
        const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        return Zip(
        [
            ("[Content_Types].xml", $"""<Types xmlns="{Package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"""),
            ("_rels/.rels", $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="r1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""),
            ("xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets>{string.Concat(sheets.Select((sheet, i) => $"""<sheet name="{sheet.Name}" sheetId="{i + 1}" r:id="s{i}"/>"""))}</sheets></workbook>"""),
            ("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Package}/relationships">{string.Concat(sheets.Select((_, i) => $"""<Relationship Id="s{i}" Type="{Office}/worksheet" Target="worksheets/sheet{i}.xml"/>"""))}</Relationships>"""),
            .. sheets.Select((sheet, i) => ($"xl/worksheets/sheet{i}.xml", $"""{documentType}<worksheet xmlns="{Main}"><sheetData>{sheet.Rows}</sheetData></worksheet>""")),
        ]);
    }
}
