using NixSharp.Integration.Tests.Volumes;

await PoolWorker.RunAsync(args);
