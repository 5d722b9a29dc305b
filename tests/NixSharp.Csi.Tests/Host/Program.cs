using NixSharp.Csi.Tests.Host;
using NixSharp.Stores;

// The driver with a Controller service beside it, so that suites for whole plugins can be pointed at it:
// --endpoint unix:///PATH --store URI --state FOLDER [--node-id NAME]
if (args.Length == 0 || args.Length % 2 != 0)
{
    Console.Error.WriteLine("Usage: NixSharp.Csi.Tests --endpoint unix:///PATH --store URI --state FOLDER [--node-id NAME]");
    return 2;
}

var given = args.Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1]);
var store = given["--store"];
using var stop = new CancellationTokenSource();
using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

// What volumes are made of whose parameters say nothing.
NixSharp.StorePaths.StorePath sample;
await using (var opened = await NixStore.OpenAsync(store))
{
    sample = await opened.AddTextAsync("sample", "a volume's contents");
}

var options = new NixSharp.Csi.CsiOptions
{
    Endpoint = given["--endpoint"],
    Store = store,
    StateFolder = given["--state"],
    NodeId = given.GetValueOrDefault("--node-id", "node"),
    Log = Console.Error,
};
await using var driver = await NixSharp.Csi.CsiDriver.StartAsync(options, [.. new ControllerService(sample).Methods], CancellationToken.None);
await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
return 0;
