using System.IO.Compression;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Droptune.Functions.Tests.Serving;

[Collection(nameof(SharedHost))]
public class DownloadVersionTests(LocalHostFixture host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DownloadVersion_Version_IsItsFolder()
    {
        await host.AddModelAsync("z-all");

        using var response = await host.Http.GetAsync($"models/z-all/versions/{TestModel.Version}/zip", Cancellation);
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"attachment; filename=\"z-all-{TestModel.Version}.zip\"", $"{response.Content.Headers.ContentDisposition}");
        using var archive = new ZipArchive(new MemoryStream(bytes));
        var files = Directory.GetFiles(TestData.PathOf("models", "lexicon")).ToDictionary(path => Path.GetFileName(path)!);
        Assert.Equal(files.Keys.OrderBy(name => name == "config.json").ThenBy(name => name, StringComparer.Ordinal), archive.Entries.Select(entry => entry.FullName));
        foreach (var entry in archive.Entries)
        {
            Assert.Equal(await File.ReadAllBytesAsync(files[entry.FullName], Cancellation), await ContentAsync(entry));
        }

        Assert.All(archive.Entries.Where(entry => entry.FullName.EndsWith(".onnx", StringComparison.Ordinal)), entry => Assert.Equal(entry.Length, entry.CompressedLength));
    }

    /// <summary>More than the buffers on the way hold: nothing waits for the end of a file.</summary>
    [Fact]
    public async Task DownloadVersion_LargeFile_ComesPieceByPiece()
    {
        await host.AddModelAsync("z-large");
        var weights = new byte[24 << 20];
        new Random(1).NextBytes(weights);
        await Models.GetBlobClient(ModelStore.Folder("z-large", TestModel.Version) + "a.safetensors").UploadAsync(new BinaryData(weights), Cancellation);

        using var response = await host.Http.GetAsync($"models/z-large/versions/{TestModel.Version}/zip", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, Cancellation);

        Assert.Null(response.Content.Headers.ContentLength); // it is not known before
        using var archive = new ZipArchive(bytes);
        Assert.Equal(weights, await ContentAsync(archive.GetEntry("a.safetensors")!));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.99)]
    public async Task DownloadVersion_Cut_IsNoArchive(double part)
    {
        await host.AddModelAsync("z-cut");
        var bytes = await host.Http.GetByteArrayAsync($"models/z-cut/versions/{TestModel.Version}/zip", Cancellation);

        Assert.Throws<InvalidDataException>(() => new ZipArchive(new MemoryStream(bytes[..(int)(bytes.Length * part)])));
    }

    /// <summary>A version that is deleted meanwhile must not end as an archive of a part of its files.</summary>
    [Fact]
    public async Task ExecuteResult_FileIsGoneMeanwhile_EndsWithoutAList()
    {
        await host.AddModelAsync("z-gone");
        var context = new DefaultHttpContext();
        var body = new MemoryStream();
        context.Response.Body = body;

        var zip = new VersionZip(Models, ModelStore.Folder("z-gone", TestModel.Version), ["model.onnx", "that-is-gone"], "z.zip");
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => zip.ExecuteResultAsync(new ActionContext { HttpContext = context }));

        Assert.True(body.Length > 1000);
        Assert.Throws<InvalidDataException>(() => new ZipArchive(body));
    }

    [Theory]
    [InlineData("models/Z/versions/0123456789ab/zip", 400, "invalid-name")]
    [InlineData("models/z-nowhere/versions/0123456789ab/zip", 404, "unknown-model")]
    [InlineData("models/z-known/versions/ba9876543210/zip", 404, "unknown-version")]
    [InlineData("models/z-known/versions/..%2Fz-all/zip", 404, "unknown-version")]
    public async Task DownloadVersion_NoSuchVersion_IsRefused(string path, int status, string code)
    {
        await host.AddModelAsync("z-known");

        await host.Http.GetAsync(path, Cancellation).ProblemAsync(status, code);
    }

    private Azure.Storage.Blobs.BlobContainerClient Models => host.Get<DroptuneStorage>().Container(StorageNames.Models);

    private static async Task<byte[]> ContentAsync(ZipArchiveEntry entry)
    {
        await using var content = await entry.OpenAsync(Cancellation);
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancellation);
        return bytes.ToArray();
    }
}
