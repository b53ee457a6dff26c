namespace Droptune.Core.Terminal;

/// <summary>
/// The last line of a terminal, rewritten in place; where output is no terminal, the updates become plain lines, at most
/// one every ten seconds. Thread-safe.
/// </summary>
public sealed class LiveLine(TextWriter output, bool isTerminal, TimeProvider clock)
{
    private const string Clear = "\r\u001b[K";
    private static readonly TimeSpan PlainLineEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private string _shown = "";
    private long? _printed;

    /// <summary>On standard output.</summary>
    public static LiveLine OnConsole() => new(
        Console.Out,
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
        TimeProvider.System);

    /// <summary>Shows the newest state.</summary>
    public void Update(string text)
    {
        lock (_lock)
        {
            if (isTerminal)
            {
                _shown = text.Length < Width ? text : text[..(Width - 1)];
                output.Write(Clear + _shown);
            }
            else if (_printed is not { } last || clock.GetElapsedTime(last) >= PlainLineEvery)
            {
                _printed = clock.GetTimestamp();
                output.WriteLine(text);
            }
        }
    }

    /// <summary>Prints a line that stays, above the live one.</summary>
    public void Print(string line)
    {
        lock (_lock)
        {
            output.WriteLine(isTerminal ? Clear + line : line);
            if (_shown.Length > 0)
            {
                output.Write(_shown);
            }
        }
    }

    /// <summary>Removes the live line.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_shown.Length > 0)
            {
                output.Write(Clear);
            }

            (_shown, _printed) = ("", null);
        }
    }

    private static int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and var width ? width : 120;
            }
            catch (IOException)
            {
                return 120; // no window belongs to this terminal
            }
        }
    }
}
