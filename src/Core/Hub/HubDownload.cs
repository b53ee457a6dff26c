using System.Net;
using System.Security.Cryptography;

namespace Droptune.Core.Hub;

/// <summary>
/// Fetches files of a model into a folder. A file is there under its own name once all of it was checked; until then it is a part, which a
/// later call goes on with, of this process or another one.
/// </summary>
public sealed class HubDownload(HubClient hub, HubName model, string folder)
{
    private const string PartExtension = ".download";

    /// <summary>Whether a file of a folder is a part of one.</summary>
    public static bool IsPart(string name) => name.EndsWith(PartExtension, StringComparison.Ordinal);

    /// <summary>The name of a file's part: that of other content under the same name has another.</summary>
    public static string PartOf(HubFile file) => $"{file.Name}.{file.Hash[..12]}{PartExtension}";

    /// <summary>Fetches a file, unless it is there.</summary>
    /// <param name="file">As the hub states it.</param>
    /// <param name="arrived">Gets what comes from the hub; null = nobody does.</param>
    /// <param name="cancellationToken">Ends the download; the part stays.</param>
    /// <exception cref="HubException">It does not come, or is not what the hub states.</exception>
    public async Task FetchAsync(HubFile file, PieceArrived? arrived, CancellationToken cancellationToken)
    {
        var (target, part) = (Path.Combine(folder, file.Name), Path.Combine(folder, PartOf(file)));
        if (File.Exists(target))
        {
            return;
        }

        using (var hash = file.NewHash())
        {
            await using (var stream = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                await TakeUpAsync(stream, file, hash, cancellationToken);
                ServedFrom? served = null;
                while (stream.Length < file.Size)
                {
                    await hub.Retries.ExecuteAsync(
                        async cancellation =>
                        {
                            var last = served;
                            served = null; // a server whose file is another by now is asked without it
                            served = await ContinueAsync(stream, file, hash, last, arrived, cancellation);
                        },
                        cancellationToken);
                }
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) is var found && found != file.Hash)
            {
                File.Delete(part);
                throw new HubException($"'{file.Name}' of '{model}' came damaged: its {file.HashName} is {found}, and the hub states {file.Hash}.") { IsTransient = true };
            }
        }

        File.Move(part, target);
    }

    /// <summary>Reads what an earlier call left: the hash is of all of it.</summary>
    private static async Task TakeUpAsync(FileStream part, HubFile file, IncrementalHash hash, CancellationToken cancellationToken)
    {
        if (part.Length > file.Size)
        {
            part.SetLength(0);
        }

        var buffer = new byte[1 << 17];
        while (await part.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
        }
    }

    /// <summary>Takes one answer from where the part ends. What a cut leaves of it is kept; one that brings nothing is a try that failed.</summary>
    private async Task<ServedFrom?> ContinueAsync(
        FileStream part, HubFile file, IncrementalHash hash, ServedFrom? served, PieceArrived? arrived, CancellationToken cancellationToken)
    {
        var start = part.Length;
        using var answer = await hub.OpenAsync(model, file.Name, start, served, cancellationToken);
        var known = answer.Response switch
        {
            { StatusCode: HttpStatusCode.PartialContent, Content.Headers.ContentRange: { } range } when range.From == start && (range.Length ?? file.Size) == file.Size => 0,
            { StatusCode: HttpStatusCode.OK } => start, // it comes from its beginning, whatever was asked
            _ => throw new HubException($"The hub gives another part of '{file.Name}' of '{model}' than was asked for.") { IsTransient = true },
        };
        await using var content = await answer.Response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 17];
        try
        {
            while (await HubClient.ReadAsync(content, buffer, cancellationToken) is var count and > 0)
            {
                var skipped = (int)Math.Min(count, known);
                known -= skipped;
                var piece = buffer.AsMemory(skipped, count - skipped);
                if (part.Length + piece.Length > file.Size)
                {
                    throw new HubException($"'{file.Name}' of '{model}' is longer than the {file.Size} bytes that the hub states.");
                }

                if (arrived is not null && piece.Length > 0)
                {
                    await arrived(file, part.Length, piece, cancellationToken);
                }

                await part.WriteAsync(piece, cancellationToken);
                hash.AppendData(piece.Span);
            }
        }
        catch (HubException e) when (e.IsTransient && part.Length > start)
        {
            return answer.Served;
        }

        return part.Length > start
            ? answer.Served
            : throw new HubException($"The hub ends '{file.Name}' of '{model}' after {start} of {file.Size} bytes.") { IsTransient = true };
    }
}

/// <summary>Gets what comes of a file, piece by piece from <paramref name="start"/> on, so that it can be kept somewhere safer, or shown.</summary>
public delegate Task PieceArrived(HubFile file, long start, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken);
