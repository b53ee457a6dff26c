using System.IO.Compression;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Droptune.Functions.Ui;

/// <summary>Sends a file of the page, or 304 to a browser that has it; nothing in it may load or send anything elsewhere.</summary>
public sealed class PageAnswer(PageFile file) : IActionResult
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var headers = response.Headers;
        headers.CacheControl = file.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = file.ETag;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (request.Headers.IfNoneMatch.Contains(file.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        headers.ContentType = file.ContentType;
        if (TakesGzip(request.GetTypedHeaders()))
        {
            headers.ContentEncoding = "gzip";
            headers.ContentLength = file.Compressed.Length;
            await response.Body.WriteAsync(file.Compressed, context.HttpContext.RequestAborted);
            return;
        }

        using var compressed = new MemoryStream(file.Compressed.ToArray());
        await using var content = new GZipStream(compressed, CompressionMode.Decompress);
        await content.CopyToAsync(response.Body, context.HttpContext.RequestAborted);
    }

    private static bool TakesGzip(RequestHeaders headers) =>
        headers.AcceptEncoding.Any(encoding => encoding.Value == "gzip" && encoding.Quality is not 0);
}
