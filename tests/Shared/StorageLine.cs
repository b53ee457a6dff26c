using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Droptune.Tests;

/// <summary>Stands between a client and its storage account, and can be cut: connections end, and new ones are refused.</summary>
internal sealed partial class StorageLine : IDisposable
{
    private readonly Dictionary<int, TcpListener> _listeners = []; // by the port that they stand for
    private readonly List<TcpClient> _open = [];
    private readonly Dictionary<int, int> _ports = []; // ours, by the port that they stand for

    /// <param name="connectionString">Of an account with three addresses.</param>
    public StorageLine(string connectionString)
    {
        foreach (Match address in Port().Matches(connectionString))
        {
            var port = int.Parse(address.Groups[1].Value, CultureInfo.InvariantCulture);
            Listen(port, 0);
            _ports[port] = ((IPEndPoint)_listeners[port].LocalEndpoint).Port;
        }

        ConnectionString = Port().Replace(connectionString, address => $":{_ports[int.Parse(address.Groups[1].Value, CultureInfo.InvariantCulture)]}/");
    }

    /// <summary>The account, by way of this line.</summary>
    public string ConnectionString { get; }

    public void Cut()
    {
        foreach (var listener in _listeners.Values)
        {
            listener.Dispose();
        }

        lock (_open)
        {
            _open.ForEach(client => client.Dispose());
            _open.Clear();
        }
    }

    public void Mend()
    {
        foreach (var (port, own) in _ports)
        {
            Listen(port, own);
        }
    }

    public void Dispose() => Cut();

    private void Listen(int port, int own)
    {
        var listener = new TcpListener(IPAddress.Loopback, own);
        listener.Start();
        _listeners[port] = listener;
        _ = AcceptAsync(listener, port);
    }

    private async Task AcceptAsync(TcpListener listener, int port)
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await listener.AcceptTcpClientAsync(), port);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }

    private async Task ForwardAsync(TcpClient client, int port)
    {
        using var storage = new TcpClient();
        lock (_open)
        {
            _open.AddRange([client, storage]);
        }

        try
        {
            await storage.ConnectAsync(IPAddress.Loopback, port);
            var (near, far) = (client.GetStream(), storage.GetStream());
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            client.Dispose();
        }
    }

    [GeneratedRegex(@":(\d+)/")]
    private static partial Regex Port();
}
