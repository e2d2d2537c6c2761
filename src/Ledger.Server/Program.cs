return await Ledger.Server.Startup.RunAsync(args);
