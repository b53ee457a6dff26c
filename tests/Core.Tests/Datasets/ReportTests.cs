using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Reports;

namespace Droptune.Core.Tests.Datasets;

/// <summary>The report in all its forms.</summary>
public sealed class ReportTests
{
    private const string Bad = "{\"text\":\"<script>alert('|`x`')</script>\",\"label\":\"<b>\"}\n{\"text\":\"two\",\"label\":\"a|b\"}\n{broken";

    [Fact]
    public async Task Html_HostileData_IsOneHarmlessPage()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        var page = DatasetReportHtml.Write(report);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        var markup = page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)].Replace("<br>", "<br/>", StringComparison.Ordinal);
        Assert.NotNull(XDocument.Parse(markup)); // every tag is closed, every attribute quoted
    }

    [Fact]
    public async Task Json_Report_ReadsBackTheSame()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        var json = JsonSerializer.Serialize(report, DroptuneJson.Readable);
        var again = JsonSerializer.Deserialize<DatasetReport>(json, DroptuneJson.Readable);

        Assert.Equal(json, JsonSerializer.Serialize(again, DroptuneJson.Readable));
        Assert.Contains("\"code\": \"malformed-record\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_HostileData_StaysText()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        var page = DatasetReportMarkdown.Write(report);

        Assert.Contains(@"\<b\>", page, StringComparison.Ordinal);
        Assert.Contains(@"a\|b", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_Finding_IsALineThatTerminalsLink()
    {
        var report = await Some.Report(Some.File("train.jsonl", Bad));

        Assert.Contains("train.jsonl:3:2: error malformed-record: ", DatasetReportText.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validation_FileFolderAndAddress_GiveTheSameReport()
    {
        var folder = Directory.CreateTempSubdirectory("music-").FullName;
        var path = Path.Combine(folder, "songs.jsonl");
        await File.WriteAllTextAsync(path, Bad, TestContext.Current.CancellationToken);
        using var http = new HttpClient(new Answer(Bad));

        var ofFile = await DatasetValidation.RunAsync(path, asJson: false, http, TestContext.Current.CancellationToken);
        var ofFolder = await DatasetValidation.RunAsync(folder, asJson: true, http, TestContext.Current.CancellationToken);
        var ofAddress = await DatasetValidation.RunAsync("https://data.example/songs.jsonl?sig=1", asJson: false, http, TestContext.Current.CancellationToken);

        Assert.Equal(ofFile.Output, ofAddress.Output);
        Assert.Equal(ofFile.Report.Version, ofFolder.Report.Version);
        Assert.Equal("rejected", ofFile.Output.Contains("rejected", StringComparison.Ordinal) ? "rejected" : ofFile.Output);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Validation_NothingThere_Throws()
    {
        using var http = new HttpClient(new Answer(""));

        await Assert.ThrowsAsync<FileNotFoundException>(() => DatasetValidation.RunAsync("no-such-folder", false, http, TestContext.Current.CancellationToken));
    }

    /// <summary>Answers every request with the same content.</summary>
    private sealed class Answer(string content) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(content) });
    }
}
