using System.Net;

namespace Droptune.Core.Hub.Pushing;

/// <summary>A part of a file as the body of a request: from the disk to the network, piece by piece.</summary>
/// <param name="file">The file.</param>
/// <param name="start">Its first byte.</param>
/// <param name="length">Bytes.</param>
/// <param name="sent">Called with the file's bytes up to there.</param>
internal sealed class FilePart(PushedFile file, long start, long length, Action<long> sent) : HttpContent
{
    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var content = file.Open();
        content.Seek(start, SeekOrigin.Begin);
        var (buffer, end) = (new byte[1 << 17], start + length);
        for (var place = start; place < end;)
        {
            var count = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - place)), cancellationToken);
            if (count == 0)
            {
                throw new HubException($"'{file.Name}' has become shorter than the {file.Size} bytes that it had: push again.");
            }

            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            place += count;
            sent(place);
        }
    }
}
